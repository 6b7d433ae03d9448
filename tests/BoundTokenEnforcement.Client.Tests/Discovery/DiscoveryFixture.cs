using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>A metadata client, as an application adds it, and the server that it asks.</summary>
internal sealed class DiscoveryFixture : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private DiscoveryFixture(ScriptedTlsServer server, TimeProvider clock, Action<ProtectedResourceMetadataClientOptions> configure)
    {
        Server = server;
        Resource = ResourceIdentifier.Parse($"{server.Origin}/api");
        var services = new ServiceCollection();
        services.AddSingleton(clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddProtectedResourceMetadataClient(options =>
        {
            options.AllowLoopback = true;
            options.ServerCertificateChainPolicy = server.TrustingPolicy();
            configure(options);
        });
        _services = services.BuildServiceProvider();
        Metrics = new MetricCapture(_services, "BoundTokenEnforcement");
        Client = _services.GetRequiredService<IProtectedResourceMetadataClient>();
    }

    internal ScriptedTlsServer Server { get; }

    internal ResourceIdentifier Resource { get; }

    internal IProtectedResourceMetadataClient Client { get; }

    internal LogCapture Logs { get; } = new();

    internal MetricCapture Metrics { get; }

    /// <summary>The clock, if it is not the system's.</summary>
    internal WatchedTimeProvider Clock { get; private init; } = null!;

    /// <summary>By a clock that stands still until the test moves it.</summary>
    internal static DiscoveryFixture Start(
        Action<ProtectedResourceMetadataClientOptions>? configure = null, ScriptedTlsServerOptions? server = null)
    {
        var clock = new WatchedTimeProvider();
        return new DiscoveryFixture(ScriptedTlsServer.Start(server ?? new()), clock, configure ?? (static _ => { })) { Clock = clock };
    }

    /// <summary>By the system's clock, for tests in which attempts follow each other.</summary>
    internal static DiscoveryFixture StartInRealTime(
        Action<ProtectedResourceMetadataClientOptions>? configure = null, ScriptedTlsServerOptions? server = null) =>
        new(ScriptedTlsServer.Start(server ?? new()), TimeProvider.System, configure ?? (static _ => { }));

    /// <summary>The document of <see cref="Resource"/>, with further members.</summary>
    internal string Document(string members = """ "tls_client_certificate_bound_access_tokens": true """) => Document(Resource, members);

    internal static string Document(ResourceIdentifier resource, string members = """ "tls_client_certificate_bound_access_tokens": true """) =>
        $$"""{ "resource": "{{resource}}", "authorization_servers": ["https://as.test"], {{members}} }""";

    internal void Answer(ScriptedAnswer answer) => Server.Answer = _ => answer;

    internal void AnswerDocument(params string[] headerLines) => Answer(ScriptedAnswer.Json(Document(), headerLines));

    internal Task<ProtectedResourceMetadata> GetAsync() => GetAsync(Resource);

    internal Task<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource) =>
        Client.GetAsync(resource, TestContext.Current.CancellationToken).AsTask();

    internal Task<BoundTokenGuardException> RefusedAsync(GuardFailure refusal) => RefusedAsync(refusal, GetAsync());

    internal static async Task<BoundTokenGuardException> RefusedAsync(GuardFailure refusal, Task asked)
    {
        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => asked);
        Assert.True(refusal == refused.Failure, $"{refusal} expected: {refused}");
        return refused;
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await _services.DisposeAsync();
        await Server.DisposeAsync();
    }
}
