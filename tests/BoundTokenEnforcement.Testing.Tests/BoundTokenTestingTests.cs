extern alias BearerApi;
extern alias BoundApi;

using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Testing.Tests;

/// <summary>Test suites of applications, as Microsoft documents them, over the sample APIs.</summary>
public sealed class BoundTokenTestingTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly X509Certificate2 _owner = SelfSigned("owner");
    private readonly X509Certificate2 _other = SelfSigned("other");

    // The documented fake handler: green without the library, 401 everywhere with it, green again with one line.
    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.Unauthorized)]
    public async Task FakeHandler_IsNamed_ItsUsersGetIn(bool named, HttpStatusCode expected)
    {
        await using var factory = new WebApplicationFactory<BoundApi::Program>().WithWebHostBuilder(host => Configured(host).ConfigureTestServices(services =>
        {
            services.AddAuthentication("Test").AddScheme<AuthenticationSchemeOptions, FakeHandler>("Test", null);
            if (named)
            {
                services.AddBoundTokenTesting("Test");
            }
        }));

        using var response = await factory.CreateClient().GetAsync("/whoami", Cancellation);

        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Mint_EachToken_IsAnsweredAsItDeserves()
    {
        await using var factory = Factory<BoundApi::Program>();
        var mint = factory.Services.GetRequiredService<BoundTokenMint>();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(factory.Server, mint.Bound(_owner), _owner));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Bound(_owner), _other));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Bound(_owner), null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Unbound(), _owner));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Expired(_owner), _owner));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Foreign(_owner), _owner));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Malformed(), _owner));
    }

    // The same tokens at an API without the library: only the binding makes the difference.
    [Fact]
    public async Task Mint_AtAnApiWithoutEnforcement_BoundTokensGetInWithoutTheirCertificate()
    {
        await using var factory = Factory<BearerApi::Program>();
        var mint = factory.Services.GetRequiredService<BoundTokenMint>();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(factory.Server, mint.Bound(_owner), null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(factory.Server, mint.Unbound(), null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(factory.Server, mint.Malformed(), null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Expired(_owner), null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(factory.Server, mint.Foreign(_owner), null));
    }

    [Fact]
    public async Task StolenToken_AtAnEnforcingApi_IsProvenToBeRefused()
    {
        await using var factory = Factory<BoundApi::Program>();

        await factory.Server.AssertRefusesStolenTokenAsync("/orders");
        await factory.Server.AssertRefusesStolenTokenAsync("/whoami");
    }

    [Fact]
    public async Task StolenToken_AtAnApiThatFailsOpen_IsReported()
    {
        await using var factory = Factory<BearerApi::Program>();

        var thrown = await Assert.ThrowsAsync<StolenTokenException>(() => factory.Server.AssertRefusesStolenTokenAsync("/orders"));

        Assert.Contains("'/orders' FAILS OPEN: a stolen bound token without a certificate got 200", thrown.Message, StringComparison.Ordinal);
    }

    // Refusing everybody is no proof.
    [Theory]
    [InlineData("/nowhere", "404")]
    [InlineData("/orders", "403")]
    public async Task StolenToken_OwnerDoesNotGetIn_NothingIsProven(string path, string status)
    {
        await using var factory = Factory<BoundApi::Program>();
        factory.Services.GetRequiredService<BoundTokenMint>().Claims["scope"] = "write";

        var thrown = await Assert.ThrowsAsync<StolenTokenException>(() => factory.Server.AssertRefusesStolenTokenAsync(path));

        Assert.Contains("Nothing is proven", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(status, thrown.Message, StringComparison.Ordinal);
        factory.Services.GetRequiredService<BoundTokenMint>().Claims["scope"] = "read";
        await factory.Server.AssertRefusesStolenTokenAsync("/orders");
    }

    // The sign-in page of a cookie scheme answers the owner too; a rate limit, or a policy, answers the thief.
    [Theory]
    [InlineData(302, 302, "the owner of the token, with the right certificate, got 302")]
    [InlineData(200, 429, "a stolen bound token without a certificate got 429 instead of 401")]
    public async Task StolenToken_SomethingElseAnswers_NothingIsProven(int owner, int thief, string expected)
    {
        await using var app = Builder("test").Build();
        app.MapGet("/", context =>
        {
            context.Response.StatusCode = context.Connection.ClientCertificate is null ? thief : owner;
            return Task.CompletedTask;
        });
        await app.StartAsync(Cancellation);

        var thrown = await Assert.ThrowsAsync<StolenTokenException>(() => app.GetTestServer().AssertRefusesStolenTokenAsync("/"));

        Assert.StartsWith("Nothing is proven for '/'", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    // One object for the test host and for a real one in the same process: the real one must not learn the key of the mint.
    [Fact]
    public async Task Parameters_SharedWithAnotherHost_StayAsTheyWere()
    {
        var shared = new Microsoft.IdentityModel.Tokens.TokenValidationParameters { ValidIssuer = "https://login.test" };
        var builder = Builder("test");
        builder.Services.Configure<JwtBearerOptions>("Bearer", options => options.TokenValidationParameters = shared);
        builder.Services.AddBoundTokenTesting();
        await using var app = builder.Build();

        var accepted = app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer").TokenValidationParameters;

        Assert.NotEmpty(accepted.IssuerSigningKeys);
        Assert.Null(shared.IssuerSigningKeys);
        Assert.Null(shared.ValidIssuers);
        Assert.Null(shared.ValidAudiences);
    }

    // An open endpoint answers the thief too, and that is what is said.
    [Fact]
    public async Task StolenToken_AtAnOpenEndpoint_IsReported()
    {
        await using var factory = Factory<BoundApi::Program>();

        Assert.Contains("FAILS OPEN", (await Assert.ThrowsAsync<StolenTokenException>(() => factory.Server.AssertRefusesStolenTokenAsync("/public"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kestrel")]
    [InlineData("derived")]
    [InlineData("wrapped")]
    public async Task OtherServer_TheHostDoesNotStart(string server)
    {
        var builder = Builder(server);
        await using var app = builder.Build();

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Cancellation));

        Assert.Contains("AddBoundTokenTesting", thrown.Message, StringComparison.Ordinal);
    }

    // Without the hosted service the options still refuse.
    [Fact]
    public async Task OtherServer_GuardRemoved_NoTokenIsAccepted()
    {
        var builder = Builder("kestrel");
        builder.Services.Remove(builder.Services.Single(static service => service.ImplementationType?.Name == "TestHostGuard"));
        await using var app = builder.Build();

        Assert.Throws<InvalidOperationException>(() => app.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer"));
    }

    [Fact]
    public async Task TestServer_TheHostStarts()
    {
        var builder = Builder("test");
        await using var app = builder.Build();

        await app.StartAsync(Cancellation);
    }

    public void Dispose()
    {
        _owner.Dispose();
        _other.Dispose();
    }

    private static WebApplicationFactory<T> Factory<T>()
        where T : class => new WebApplicationFactory<T>().WithWebHostBuilder(static host => Configured(host).ConfigureTestServices(static services => services.AddBoundTokenTesting()));

    // As in the settings of an application: an authorization server that a test host must not call.
    private static IWebHostBuilder Configured(IWebHostBuilder host) => host
        .UseSetting("Authentication:Schemes:Bearer:Authority", "https://login.test")
        .UseSetting("Authentication:Schemes:Bearer:ValidAudiences:0", "https://api.test")
        .UseSetting("ProtectedResource:Resource", "https://api.test")
        .UseSetting("ProtectedResource:AuthorizationServers:0", "https://login.test");

    private static WebApplicationBuilder Builder(string server)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddAuthorization();
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.AddBoundTokenTesting();
        switch (server)
        {
            case "test":
                builder.WebHost.UseTestServer();
                break;
            case "derived":
                builder.Services.AddSingleton<IServer>(static services => new DerivedServer(services));
                break;
            case "wrapped":
                builder.Services.AddSingleton<IServer>(static services => new WrappingServer(new TestServer(services)));
                break;
            default:
                break;
        }

        return builder;
    }

    private static async Task<HttpStatusCode> StatusAsync(TestServer server, string token, X509Certificate2? certificate)
    {
        using var client = server.CreateClient(certificate);
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var response = await client.GetAsync("/orders", Cancellation);
        return response.StatusCode;
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private sealed class DerivedServer(IServiceProvider services) : TestServer(services);

    private sealed class WrappingServer(TestServer inner) : IServer
    {
        public IFeatureCollection Features => inner.Features;

        public void Dispose() => inner.Dispose();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => ((IServer)inner).StartAsync(application, cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FakeHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "Test user")], "Test")), "Test")));
    }
}
