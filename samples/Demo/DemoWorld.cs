using System.Security.Cryptography;
using AuthorizationServer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Demo;

/// <summary>Everything that runs: one authorization server, the same API before and after adoption, and one that lies.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private const int Attempts = 5;

    private readonly Stack<IAsyncDisposable> _running = new();

    private DemoWorld()
    {
    }

    public DemoCertificates Certificates { get; } = new();

    public DemoFolder Folder { get; } = new();

    public string BobsSecret { get; } = RandomNumberGenerator.GetHexString(32);

    public TokenSource Tokens { get; private set; } = null!;

    public ApiProcess BearerApi { get; private set; } = null!;

    public ApiProcess BoundApi { get; private set; } = null!;

    public LyingApi LyingApi { get; private set; } = null!;

    public Uri Issuer { get; private set; } = null!;

    public static async Task<DemoWorld> StartAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var world = new DemoWorld();
            try
            {
                await world.StartEverythingAsync(cancellationToken);
                return world;
            }
            catch (DemoFailedException failure) when (failure.PortWasTaken && attempt < Attempts)
            {
                await world.DisposeAsync();
            }
            catch
            {
                await world.DisposeAsync();
                throw;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            while (_running.TryPop(out var running))
            {
                await running.DisposeAsync();
            }
        }
        finally
        {
            // Keys must not outlive the Demo, whatever else goes wrong.
            Folder.Dispose();
            Certificates.Dispose();
        }
    }

    private async Task StartEverythingAsync(CancellationToken cancellationToken)
    {
        var ports = LoopbackPorts.Find(5);
        var (bearerApi, boundApi, lyingApi) = ($"https://localhost:{ports[2]}", $"https://localhost:{ports[3]}", $"https://localhost:{ports[4]}");
        var settings = new AuthorizationServerSettings
        {
            Port = ports[0],
            MutualTlsPort = ports[1],
            Certificate = Certificates.Server,
            Resources = [bearerApi, boundApi, lyingApi],
            Clients =
            [
                new PkiClient("alice", "CN=alice", Certificates.Authority),
                new SelfSignedClient("carol", DemoCertificates.PublicPartOf(Certificates.Carol)),
                new SecretClient("bob", BobsSecret),
            ],
        };
        await StartAuthorizationServerAsync(settings, cancellationToken);
        Issuer = settings.Issuer;
        Tokens = await TokenSource.DiscoverAsync(settings.Issuer, Certificates.Authority, cancellationToken);

        Folder.WriteCertificate("client.pem", Certificates.Alice);
        Folder.WriteKey("client.key", Certificates.Alice);

        var configuration = ApiConfiguration(settings.Issuer);
        BearerApi = await StartApiAsync("BearerApi", bearerApi, configuration, cancellationToken);
        BoundApi = await StartApiAsync("BoundApi", boundApi, configuration, cancellationToken);
        LyingApi = await LyingApi.StartAsync(lyingApi, settings.Issuer, Certificates.Server, cancellationToken);
        _running.Push(LyingApi);
    }

    private async Task StartAuthorizationServerAsync(AuthorizationServerSettings settings, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = AuthorizationServerHost.Create(settings, builder);
        _running.Push(server);
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException failure)
        {
            throw new DemoFailedException("The authorization server could not listen.", portWasTaken: true, failure);
        }
    }

    private async Task<ApiProcess> StartApiAsync(string name, string resource, Dictionary<string, string> configuration, CancellationToken cancellationToken)
    {
        using var anybody = TlsClient.Create(Certificates.Authority, certificate: null);
        var own = new Dictionary<string, string>(configuration)
        {
            ["Kestrel__Endpoints__Https__Url"] = resource,
            ["Authentication__Schemes__Bearer__ValidAudiences__0"] = resource,
            ["ProtectedResource__Resource"] = resource,
        };
        var api = await ApiProcess.StartAsync(name, resource, own, anybody, cancellationToken);
        _running.Push(api);
        return api;
    }

    // Both APIs are told the same. The one that does not enforce does not know ProtectedResource, and nothing complains: that is the problem.
    private Dictionary<string, string> ApiConfiguration(Uri issuer) => new()
    {
        ["SSL_CERT_FILE"] = Folder.WriteCertificate("ca.pem", Certificates.Authority),
        ["Kestrel__Endpoints__Https__Certificate__Path"] = Folder.WriteCertificate("server.pem", Certificates.Server),
        ["Kestrel__Endpoints__Https__Certificate__KeyPath"] = Folder.WriteKey("server.key", Certificates.Server),
        ["Authentication__Schemes__Bearer__Authority"] = issuer.AbsoluteUri,
        ["ProtectedResource__AuthorizationServers__0"] = issuer.AbsoluteUri,
        ["Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics"] = "Information",
    };
}
