using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>The chain policy that was validated at start is the one that is used: for every later fetch, every later pool, and the authorization server.</summary>
public sealed class ServerTrustTests
{
    [Fact]
    public async Task Policy_IsChangedAfterTheStart_IsNotFollowed()
    {
        using var impostor = TestCertificates.Server();
        await using var server = ScriptedTlsServer.Start(new() { AskForCertificate = true, ServerCertificate = impostor });
        using var trusted = TestCertificates.Server();
        var policy = Trusting(trusted);
        await using var services = Guard(server, policy);
        Start(services);

        policy.VerificationFlags = X509VerificationFlags.AllFlags;
        policy.CustomTrustStore.Add(impostor);

        var thrown = await Assert.ThrowsAsync<BoundTokenGuardException>(() => SendAsync(services, server));
        Assert.Equal(GuardFailure.MetadataUnreachable, thrown.Failure);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Policy_IsChangedAfterTheFirstRequest_IsNotFollowedByTheNextPool()
    {
        using var first = TestCertificates.SelfSigned("first");
        using var second = TestCertificates.SelfSigned("second");
        var provider = new Switched(first);
        await using var server = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        var policy = Trusting(server.ServerCertificate);
        await using var services = Guard(server, policy, options => options.ClientCertificates = provider);
        server.Answer = request => Answer(server, request);
        using (await SendAsync(services, server, first))
        {
        }

        // An empty store trusts no server: a pool that followed the change could not connect.
        policy.CustomTrustStore.Clear();
        provider.Current = second;

        using var response = await SendAsync(services, server, second);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Authority_IsDisposedAfterTheStart_IsStillTrusted()
    {
        await using var server = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        server.Answer = request => Answer(server, request);
        var authority = X509CertificateLoader.LoadCertificate(server.ServerCertificate.RawData);
        await using var services = Guard(server, Trusting(authority));
        Start(services);

        authority.Dispose();

        using var response = await SendAsync(services, server);
        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Authority_IsDisposedBeforeTheStart_TheMessageSaysSo()
    {
        await using var server = ScriptedTlsServer.Start();
        var authority = TestCertificates.Server();
        authority.Dispose();
        await using var services = Guard(server, Trusting(authority));

        var thrown = Assert.Throws<OptionsValidationException>(() => Start(services));

        Assert.Contains("disposed", thrown.Message, StringComparison.Ordinal);
    }

    private static X509ChainPolicy Trusting(X509Certificate2 certificate) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { certificate },
    };

    // What ValidateOnStart does.
    private static void Start(ServiceProvider services) => services.GetRequiredService<IStartupValidator>().Validate();

    private static ServiceProvider Guard(ScriptedTlsServer server, X509ChainPolicy policy, Action<BoundTokenGuardOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient(GuardFixture.Name).AddBoundTokenGuard(options =>
        {
            options.Resource = $"{server.Origin}/api";
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = policy;
            configure?.Invoke(options);
            options.ClientCertificate = options.ClientCertificates is null ? GuardFixture.Certificate : null;
        });
        return services.BuildServiceProvider();
    }

    private static ScriptedAnswer Answer(ScriptedTlsServer server, ScriptedRequest request) => request.Target.StartsWith("/.well-known/", StringComparison.Ordinal)
        ? ScriptedAnswer.Json($$"""{ "resource": "{{server.Origin}}/api", "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }""")
        : ScriptedAnswer.Status(200);

    private static async Task<HttpResponseMessage> SendAsync(ServiceProvider services, ScriptedTlsServer server, X509Certificate2? certificate = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{server.Origin}/api")
        {
            Headers = { Authorization = new("Bearer", GuardFixture.Tokens.BoundTo(certificate ?? GuardFixture.Certificate)) },
        };
        return await services.GetRequiredService<IHttpClientFactory>().CreateClient(GuardFixture.Name).SendAsync(request, TestContext.Current.CancellationToken);
    }

    private sealed class Switched(X509Certificate2 first) : IClientCertificateProvider
    {
        public X509Certificate2 Current { get; set; } = first;
    }
}
