using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.AspNetCore.Tests.Audit;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>On Kestrel: each kind of listener with each kind of trust.</summary>
public sealed class ForwardingAuditTests
{
    private const string NobodyCanConnect =
        "No trusted proxy can connect, so every bound token would be refused. Proxies that are known by TrustedProxyThumbprints need a listener on https that asks for certificates; TrustUnixSocket alone needs a Unix socket.";

    private static readonly string Thumbprint = CertificateThumbprint.Of(Api.A).ToString();

    [Theory]
    [InlineData("address", true, "is for trusted addresses", true, "is for trusted addresses", false, "is a Unix socket, and TrustUnixSocket is not set")]
    [InlineData("address and unix", true, "is for trusted addresses", true, "is for trusted addresses", true, "is the proxy's")]
    [InlineData("unix", false, "is no Unix socket, and no other peer is trusted", false, "is no Unix socket, and no other peer is trusted", true, "is the proxy's")]
    [InlineData("thumbprint", false, "without TLS: no certificate can arrive", true, "asks for a client certificate (tried)", false, "is a Unix socket, and TrustUnixSocket is not set")]
    [InlineData("address and thumbprint", false, "without TLS: no certificate can arrive", true, "asks for a client certificate (tried)", false, "is a Unix socket, and TrustUnixSocket is not set")]
    [InlineData("thumbprint and unix", false, "without TLS: no certificate can arrive", true, "asks for a client certificate (tried)", true, "is the proxy's")]
    public async Task Listeners_OfEachKind_AreJudgedByWhomTheyLetIn(
        string trust, bool http, string httpFinding, bool https, string httpsFinding, bool unix, string unixFinding)
    {
        await using var host = await StartAsync(Trusting(trust), (kestrel, certificate) =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
            kestrel.ListenUnixSocket(NewPath());
        });

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal(
            [((bool?)http, httpFinding), (https, httpsFinding), (unix, unixFinding)],
            report.Listeners.Select(listener => (listener.CertificateCanArrive, listener.Finding)));
        Assert.Empty(report.Faults);
        Assert.Equal(
            report.Listeners.Where(listener => listener.CertificateCanArrive == false).Select(listener => $"Bound tokens are refused at {listener.Address}: it {listener.Finding}"),
            report.Warnings);
    }

    [Fact]
    public async Task Listeners_NoneForTheProxy_DoesNotStart()
    {
        await HasNoWayAsync("unix", (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)));
        await HasNoWayAsync("thumbprint", (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0));
        await HasNoWayAsync("address", (kestrel, _) => kestrel.ListenUnixSocket(NewPath()));
        await HasNoWayAsync(
            "thumbprint",
            (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)),
            options => options.RequestClientCertificates = false);
    }

    // Where the proxy is known by its address, nobody need be asked for a certificate.
    [Fact]
    public async Task Listener_ThatAsksNobody_IsEnoughForAProxyKnownByItsAddress()
    {
        await using var host = await StartAsync(
            Trusting("address") + (options => options.RequestClientCertificates = false),
            (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)));

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([($"https://127.0.0.1:{host.Port}", true, "is for trusted addresses")], report.Listeners.Select(Audited.Values));
        Assert.Empty(report.Warnings);
    }

    // Peers of named pipes are nobody's; they exist on Windows alone, and so does such a listener.
    [Theory]
    [InlineData("http://pipe:/api")]
    [InlineData("https://pipe:/api")]
    public async Task Listener_OnANamedPipe_IsForNobody(string address)
    {
        var builder = WebApplication.CreateBuilder();
        Api.Guarded(enforcement: Trusting("address"))(builder);
        await using var application = builder.Build();
        application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Add(address);

        var found = await application.Services.GetRequiredService<ListenerAudit>().RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal([(address, false, "is a named pipe: its peers are not trusted")], found.Select(Audited.Values));
    }

    // RFC 9440 §4
    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10.1.0.0/16", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("::1", false)]
    [InlineData("127.0.0.0/8", false)]
    public async Task Http_OnTheNetwork_IsAWarningUnlessTheProxyIsOnThisMachine(string proxy, bool warns)
    {
        await using var host = await StartAsync(Trusting(proxy), (kestrel, certificate) =>
        {
            kestrel.ListenAnyIP(0);
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Any, 0, listener => listener.UseHttps(certificate));
        });

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal(
            warns ? [$"Anyone with access to the network between the proxies and {report.Listeners[0].Address} can forge certificates (RFC 9440 §4). Listen on https, on the loopback address or on a Unix socket."] : [],
            report.Warnings);
    }

    [Fact]
    public async Task Http_OnTheNetworkForTwoProxies_WarnsForTheFarOne()
    {
        await using var host = await StartAsync(Trusting("127.0.0.1") + Trusting("10.1.2.3"), (kestrel, _) => kestrel.ListenAnyIP(0));

        Assert.Single((await Audited.OfAsync(host.Services)).Warnings);
    }

    [Fact]
    public async Task Policy_SaysFromWhom()
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: Trusting("address and thumbprint") + Trusting("unix")));
        await using var connection = await Api.StartAsync(Api.Guarded());

        Assert.Equal(
            "requirement Required, mode Enforce, certificates from field X-Client-Cert (Base64Der), believed from 127.0.0.1, 1 proxy certificates, Unix sockets",
            (await Audited.OfAsync(api.Application.Services)).Policy);
        Assert.Equal("requirement Required, mode Enforce, certificates from the connection", (await Audited.OfAsync(connection.Application.Services)).Policy);
    }

    [Fact]
    public async Task HealthCheck_TellsTheSame()
    {
        Action<WebApplicationBuilder> health = builder => builder.Services.AddHealthChecks().AddBoundTokenEnforcement();
        await using var sound = await StartAsync(Trusting("address"), (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0), health);
        await using var open = await StartAsync(Trusting("10.1.2.3"), (kestrel, _) => kestrel.ListenAnyIP(0), health);
        await using var none = await StartAsync(Trusting("unix") + (options => options.Audit = AuditFailureBehavior.Log), (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0), health);

        Assert.Equal([HealthStatus.Healthy, HealthStatus.Degraded, HealthStatus.Unhealthy], [await CheckAsync(sound), await CheckAsync(open), await CheckAsync(none)]);
    }

    // The flag follows what the audit found.
    [Theory]
    [InlineData("address", true)]
    [InlineData("thumbprint", true)]
    public async Task Metadata_RightAfterTheStart_SaysThatBindingsAreEnforced(string trust, bool says)
    {
        await using var host = await StartAsync(
            Trusting(trust),
            (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate)),
            MetadataSettings.Add(),
            app => app.MapProtectedResourceMetadata());
        using var client = host.CreateClient();

        Assert.Equal(
            says ? MetadataSettings.EnforcedDocument : MetadataSettings.Document,
            await client.GetStringAsync(new Uri(MetadataSettings.Target, UriKind.Relative), TestContext.Current.CancellationToken));
    }

    private static string NewPath() => Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private static Action<BoundTokenEnforcementOptions> Trusting(string trust) => options => options.UseForwardedCertificate(forwarded =>
    {
        forwarded.Format = ForwardedCertificateFormat.Base64Der;
        foreach (var part in trust.Split(" and "))
        {
            switch (part)
            {
                case "unix":
                    forwarded.TrustUnixSocket = true;
                    break;
                case "thumbprint":
                    forwarded.TrustedProxyThumbprints.Add(Thumbprint);
                    break;
                default:
                    forwarded.TrustedProxies.Add(part == "address" ? "127.0.0.1" : part);
                    break;
            }
        }
    });

    private static async Task HasNoWayAsync(
        string trust, Action<KestrelServerOptions, X509Certificate2> listen, Action<BoundTokenEnforcementOptions>? more = null)
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(Trusting(trust) + more, listen));

        Assert.Equal([NobodyCanConnect], failure.Report.Faults);
    }

    private static async Task<HealthStatus> CheckAsync(TlsApiHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Status;

    private static Task<TlsApiHost> StartAsync(
        Action<BoundTokenEnforcementOptions> enforcement,
        Action<KestrelServerOptions, X509Certificate2> listen,
        Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null) => TlsApiHost.StartAsync(
            builder =>
            {
                Api.Guarded(enforcement: enforcement)(builder);
                configure?.Invoke(builder);
            },
            app =>
            {
                app.MapGet("/", () => Results.Ok()).RequireAuthorization();
                map?.Invoke(app);
            },
            listen);
}
