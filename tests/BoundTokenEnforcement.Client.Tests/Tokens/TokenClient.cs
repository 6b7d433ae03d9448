using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>A guarded client with tokens, put together as an application does it.</summary>
internal sealed class TokenClient : IAsyncDisposable
{
    private const string Name = "api";

    private readonly ServiceProvider _services;

    public TokenClient(
        string issuer,
        IClientCertificateProvider certificates,
        string resource = TestTokenIssuer.DefaultAudience,
        Action<CertificateBoundTokenOptions>? configure = null,
        TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(clock ?? TimeProvider.System);

        // Ours comes first and so stays: discovery is tested elsewhere.
        services.AddKeyedSingleton(Name, (provider, _) => new BoundTokenGuard(
            provider.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<BoundTokenGuardOptions>>().Get(Name).Validated!,
            new CurrentClientCertificate(certificates, provider.GetRequiredService<TimeProvider>()),
            new KnownMetadata(ResourceIdentifier.Parse(resource), issuer),
            new Transport(new AllowedAddresses(loopback: true, privateNetworks: false), proxy: null),
            provider.GetRequiredService<TimeProvider>()));
        services.AddHttpClient(Name)
            .AddCertificateBoundTokens(options =>
            {
                options.Issuer = issuer;
                options.ClientId = "client-1";
                options.AttemptTimeout = TimeSpan.FromSeconds(10);
                configure?.Invoke(options);
            })
            .AddBoundTokenGuard(options =>
            {
                options.Resource = resource;
                options.ClientCertificates = certificates;
                options.AllowedIssuers.Add(issuer);
                options.ServerCertificateChainPolicy = Localhost.Trust();
            });
        _services = services.BuildServiceProvider();
        Metrics = new MetricCapture(_services, "BoundTokenEnforcement");
    }

    public TokenClient(string issuer, X509Certificate2 certificate, Action<CertificateBoundTokenOptions>? configure = null, TimeProvider? clock = null)
        : this(issuer, new SwitchedCertificate(certificate), TestTokenIssuer.DefaultAudience, configure, clock)
    {
    }

    public LogCapture Logs { get; } = new();

    public MetricCapture Metrics { get; }

    public HttpClient Http => field ??= _services.GetRequiredService<IHttpClientFactory>().CreateClient(Name);

    /// <summary>What stands under <see cref="Http"/>: it may be given the same request twice.</summary>
    public HttpMessageHandler Handler => _services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(Name);

    public CertificateBoundTokens Tokens => _services.GetRequiredKeyedService<CertificateBoundTokens>(Name);

    public async Task<ObtainedToken> ObtainAsync() => await Tokens.GetAsync(TestContext.Current.CancellationToken);

    public Task<BoundTokenGuardException> RefusedAsync() => Assert.ThrowsAsync<BoundTokenGuardException>(ObtainAsync);

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await _services.DisposeAsync();
    }
}
