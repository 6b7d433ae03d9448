using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>A guarded client of a <see cref="KestrelResource"/>.</summary>
internal sealed class KestrelClient : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    internal KestrelClient(KestrelResource resource, IClientCertificateProvider? certificates = null)
    {
        Resource = new Uri(resource.Resource);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient(GuardFixture.Name).AddBoundTokenGuard(options =>
        {
            options.Resource = resource.Resource;
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = Localhost.Trust();
            options.ClientCertificates = certificates ?? new SwitchedCertificate(GuardFixture.Certificate);
        });
        _services = services.BuildServiceProvider();
        Http = _services.GetRequiredService<IHttpClientFactory>().CreateClient(GuardFixture.Name);
    }

    internal Uri Resource { get; }

    internal HttpClient Http { get; }

    internal BoundTokenGuard Guard => _services.GetRequiredKeyedService<BoundTokenGuard>(GuardFixture.Name);

    internal HttpMessageHandler Handler => _services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(GuardFixture.Name);

    internal static string TokenOf(X509Certificate2 certificate) => GuardFixture.Tokens.BoundTo(certificate);

    internal HttpRequestMessage Request(Version version, string? token = null) => new(HttpMethod.Get, Resource)
    {
        Version = version,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Headers = { Authorization = new("Bearer", token ?? TokenOf(GuardFixture.Certificate)) },
    };

    internal async Task<HttpResponseMessage> SendAsync(Version version)
    {
        using var request = Request(version);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
