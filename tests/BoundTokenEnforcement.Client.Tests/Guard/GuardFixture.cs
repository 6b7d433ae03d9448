using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A guarded client, as an application adds it, and a resource server that keeps every byte it receives.</summary>
internal sealed class GuardFixture : IAsyncDisposable
{
    internal const string Name = "api";

    internal const string Supported = """ "tls_client_certificate_bound_access_tokens": true """;

    private readonly ServiceProvider _services;

    private GuardFixture(ScriptedTlsServer server, Action<BoundTokenGuardOptions>? configure, Action<IHttpClientBuilder>? build, TimeProvider clock)
    {
        Server = server;
        Metadata = _ => ScriptedAnswer.Json(Document());
        Api = _ => ScriptedAnswer.Status(200);
        Server.Answer = request => IsMetadata(request) ? Metadata(request) : Api(request);
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        var builder = services.AddHttpClient(Name).AddBoundTokenGuard(options =>
        {
            options.Resource = Resource;
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = server.TrustingPolicy();
            options.ClientCertificate = Certificate;
            configure?.Invoke(options);
            if (options.ClientCertificates is not null)
            {
                options.ClientCertificate = null;
            }
        });
        build?.Invoke(builder);
        _services = services.BuildServiceProvider();
    }

    /// <summary>A: the certificate of the client unless the test says otherwise.</summary>
    internal static X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-a");

    internal static TestTokenIssuer Tokens { get; } = new();

    internal IServiceProvider Services => _services;

    internal BoundTokenGuard Guard => _services.GetRequiredKeyedService<BoundTokenGuard>(Name);

    internal ScriptedTlsServer Server { get; }

    internal string Resource => $"{Server.Origin}/api";

    internal Func<ScriptedRequest, ScriptedAnswer> Metadata { get; set; }

    internal Func<ScriptedRequest, ScriptedAnswer> Api { get; set; }

    internal LogCapture Logs { get; } = new();

    internal IReadOnlyList<ScriptedRequest> ApiRequests => [.. Server.Requests.Where(static request => !IsMetadata(request))];

    internal int MetadataRequests => Server.Requests.Count(IsMetadata);

    internal string Token { get; set; } = Tokens.BoundTo(Certificate);

    internal static GuardFixture Start(
        Action<BoundTokenGuardOptions>? configure = null,
        ScriptedTlsServerOptions? server = null,
        Action<IHttpClientBuilder>? build = null,
        TimeProvider? clock = null) =>
        new(ScriptedTlsServer.Start(server ?? new() { AskForCertificate = true }), configure, build, clock ?? TimeProvider.System);

    internal string Document(string members = Supported, string? resource = null, string issuer = TestTokenIssuer.DefaultIssuer) =>
        $$"""{ "resource": "{{resource ?? Resource}}", "authorization_servers": ["{{issuer}}"], {{members}} }""";

    internal HttpClient Client() => _services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);

    internal HttpRequestMessage Request(string? url = null) =>
        new(HttpMethod.Get, new Uri(url ?? Resource)) { Headers = { Authorization = new("Bearer", Token) } };

    internal Task<HttpResponseMessage> SendAsync(Action<HttpRequestMessage>? change = null) => SendAsync(Request(), change);

    internal async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Action<HttpRequestMessage>? change = null)
    {
        using var _ = request;
        change?.Invoke(request);
        return await Client().SendAsync(request, TestContext.Current.CancellationToken);
    }

    /// <summary>The positive twin: the token arrives, once, with the certificate.</summary>
    internal async Task ArrivesAsync(Action<HttpRequestMessage>? change = null, HttpRequestMessage? request = null)
    {
        var before = ApiRequests.Count;
        using var response = await SendAsync(request ?? Request(), change);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var arrived = Assert.Single(ApiRequests.Skip(before));
        Assert.Equal($"Bearer {Token}", arrived.Header("Authorization"));
        Assert.NotNull(arrived.Connection.ClientThumbprint);
    }

    /// <summary>The request is refused, and the server has received nothing of the token and no request but those for metadata.</summary>
    internal Task<BoundTokenGuardException> RefusedAsync(GuardFailure refusal, Action<HttpRequestMessage>? change = null) =>
        RefusedAsync(refusal, Request(), change);

    internal async Task<BoundTokenGuardException> RefusedAsync(GuardFailure refusal, HttpRequestMessage request, Action<HttpRequestMessage>? change = null)
    {
        var (requests, bytes) = (ApiRequests.Count, TokenBytes.ReceivedBy(Server, Token));
        var thrown = await Record.ExceptionAsync(() => SendAsync(request, change));
        TokenBytes.Count(TokenBytes.ReceivedBy(Server, Token) - bytes);
        Assert.Equal(bytes, TokenBytes.ReceivedBy(Server, Token));
        Assert.Equal(requests, ApiRequests.Count);
        var refused = Assert.IsType<BoundTokenGuardException>(thrown);
        Assert.True(refusal == refused.Failure, $"{refusal} expected: {refused}");
        Logs.AssertContainsNone(Token);
        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }

    private static bool IsMetadata(ScriptedRequest request) => request.Target.StartsWith("/.well-known/", StringComparison.Ordinal);
}
