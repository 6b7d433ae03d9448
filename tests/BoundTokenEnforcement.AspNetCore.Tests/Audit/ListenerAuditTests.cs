using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

/// <summary>On Kestrel and real sockets: what no option tells is tried.</summary>
public sealed class ListenerAuditTests
{
    private const string NoWay =
        "No client certificate can arrive, so every bound token would be refused. Listen on https, and let the listener ask: RequestClientCertificates = true, or https.RequestClientCertificate() in your own ConfigureHttpsDefaults. Or, if a reverse proxy or an ingress ends TLS, name it and its field in BoundTokens:ForwardedCertificate.";

    private const string Asks = "asks for a client certificate (tried)";
    private const string DoesNotAsk = "does not ask for a client certificate (tried)";
    private const string MayAskLater = "does not ask for a client certificate in the handshake (tried); NegotiateDelayedCertificates may ask later";
    private const string WithoutTls = "without TLS: no certificate can arrive";
    private const string Failed = "could not be tried: the handshake failed";

    [Fact]
    [Requirement("R8705-3-1")]
    public async Task Listener_ThatAsks_IsSound()
    {
        await using var host = await StartAsync();

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([($"https://127.0.0.1:{host.Port}", true, Asks)], report.Listeners.Select(Audited.Values));
        Assert.Empty(report.Faults);
        Assert.Empty(report.Warnings);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Listener_OfEitherTlsVersion_IsTried(SslProtocols protocols)
    {
        await using var asks = await StartAsync(listen: Https(https => https.SslProtocols = protocols));
        await using var doesNot = await StartAsync(WarnAndDoNotAsk, Https(https => https.SslProtocols = protocols));

        Assert.Equal([Asks], await FindingsAsync(asks));
        Assert.Equal([DoesNotAsk], await FindingsAsync(doesNot));
    }

    [Fact]
    public async Task Listener_ThatRequiresAndValidatesCertificates_IsTried()
    {
        await using var host = await StartAsync(listen: Https(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = static (_, _, errors) => errors == SslPolicyErrors.None;
            https.SslProtocols = SslProtocols.Tls13;
        }));

        Assert.Equal([Asks], await FindingsAsync(host));
        NothingLooksLikeAnAttack(host);
    }

    [Fact]
    public Task Listener_ThatDoesNotAsk_IsAFault() => HasNoWayAsync(options => options.RequestClientCertificates = false);

    [Fact]
    public async Task Listener_ThatDoesNotAsk_OnlyWarned_StartsAndWarns()
    {
        await using var host = await StartAsync(WarnAndDoNotAsk);

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([NoWay], report.Faults);
        // The fault says it already.
        Assert.Empty(report.Warnings);
    }

    // Kestrel keeps only the last ConfigureHttpsDefaults: this is how asking is lost by accident.
    [Fact]
    public async Task ConfigureHttpsDefaults_OfTheApplicationWithoutAsking_IsAFault()
    {
        Action<WebApplicationBuilder> own = builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(_ => { }));
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(configure: own));
        Assert.Equal([NoWay], failure.Report.Faults);

        await using var host = await StartAsync(configure: builder => builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureHttpsDefaults(https => https.RequestClientCertificate())));
        Assert.Equal([Asks], await FindingsAsync(host));
    }

    [Fact]
    public Task Listener_WithoutTls_IsAFault() => HasNoWayAsync(_ => { }, WithoutTlsAt(0));

    [Fact]
    public async Task Listeners_OneWithTlsAndOneWithout_IsAWarning()
    {
        await using var host = await StartAsync(listen: (kestrel, certificate) =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
            WithoutTlsAt(0)(kestrel, certificate);
        });

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([Asks, WithoutTls], report.Listeners.Select(listener => listener.Finding));
        Assert.Empty(report.Faults);
        Assert.Equal([$"Bound tokens are refused at {report.Listeners[1].Address}: it {WithoutTls}"], report.Warnings);
    }

    [Fact]
    public async Task Listeners_OneOfWhichDoesNotAsk_IsAWarning()
    {
        await using var host = await StartAsync(listen: (kestrel, certificate) =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
            // Assigned where it should have been added: the library's callback is gone.
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https => https.OnAuthenticate = static (_, _) => { }));
        });

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([true, false], report.Listeners.Select(listener => listener.CertificateCanArrive));
        Assert.Empty(report.Faults);
        Assert.Equal([$"Bound tokens are refused at {report.Listeners[1].Address}: it {DoesNotAsk}"], report.Warnings);
    }

    [Fact]
    public async Task LateCertificates_ListenerAsksLater_IsNotJudged()
    {
        await using var host = await StartAsync(
            options => options.NegotiateDelayedCertificates = true, Https(https => https.ClientCertificateMode = ClientCertificateMode.DelayCertificate));

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([($"https://127.0.0.1:{host.Port}", null, MayAskLater)], report.Listeners.Select(Audited.Values));
        Assert.Empty(report.Faults);
        Assert.Empty(report.Warnings);
        Assert.Equal("requirement Required, mode Enforce, certificates from the connection, also late", report.Policy);
    }

    [Fact]
    public Task DelayCertificate_WithoutLateCertificates_IsAFault() =>
        HasNoWayAsync(_ => { }, Https(https => https.ClientCertificateMode = ClientCertificateMode.DelayCertificate));

    [Fact]
    public Task LateCertificates_WithoutTls_IsAFault() => HasNoWayAsync(options => options.NegotiateDelayedCertificates = true, WithoutTlsAt(0));

    [Fact]
    public async Task Listener_WhoseHandshakeFails_IsNotJudged()
    {
        await using var host = await StartAsync(listen: Https(https =>
        {
            https.ServerCertificate = null;
            https.ServerCertificateSelector = static (_, _) => null;
        }));

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([($"https://127.0.0.1:{host.Port}", null, Failed)], report.Listeners.Select(Audited.Values));
        Assert.Empty(report.Faults);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task Listener_OnAUnixSocket_IsNotJudged()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var host = await StartAsync(listen: (kestrel, certificate) =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate));
            kestrel.ListenUnixSocket(path, listener => listener.UseHttps(certificate));
        });

        Assert.Equal([Asks, "not looked at"], await FindingsAsync(host));
    }

    [Fact]
    public async Task Listener_OnIPv6_IsTriedThere()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var host = await StartAsync(listen: (kestrel, certificate) =>
            kestrel.Listen(IPAddress.IPv6Loopback, 0, listener => listener.UseHttps(certificate)));

        Assert.Equal([Asks], await FindingsAsync(host));
    }

    [Fact]
    public async Task Server_OfTests_IsNotJudged()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.RequestClientCertificates = false)]);

        Assert.Empty(report.Listeners);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task Probe_LeavesNothingThatLooksLikeAnAttack()
    {
        await using var host = await StartAsync();
        var before = Stopwatch.GetTimestamp();

        await Audited.OfAsync(host.Services);

        Assert.True(Stopwatch.GetElapsedTime(before) < TimeSpan.FromSeconds(1));
        NothingLooksLikeAnAttack(host);
    }

    [Fact]
    public async Task Probe_OfAListenerThatRefusesIt_LeavesNothingThatLooksLikeAnAttack()
    {
        await using var host = await StartAsync(listen: Https(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = static (_, _, _) => false;
            https.SslProtocols = SslProtocols.Tls12;
        }));

        Assert.Equal([Asks], await FindingsAsync(host));
        NothingLooksLikeAnAttack(host);
    }

    // Whoever may call a health check must not make the host shake hands with itself each time.
    [Fact]
    public async Task Findings_ForTenSeconds_AreKept()
    {
        var clock = new FakeTimeProvider();
        var handshakes = 0;
        await using var host = await StartAsync(
            listen: Https(https =>
            {
                https.OnAuthenticate += (_, _) => Interlocked.Increment(ref handshakes);
                https.RequestClientCertificate();
            }),
            configure: builder => builder.Services.AddSingleton<TimeProvider>(clock));
        var first = await Audited.OfAsync(host.Services);
        Assert.Equal(1, handshakes);

        clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Same(first.Listeners, (await Audited.OfAsync(host.Services)).Listeners);
        Assert.Equal(1, handshakes);

        clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(first.Listeners.Select(Audited.Values), (await Audited.OfAsync(host.Services)).Listeners.Select(Audited.Values));
        Assert.Equal(2, handshakes);
    }

    [Fact]
    public async Task Metadata_RightAfterTheStart_SaysThatBindingsAreEnforced()
    {
        await using var host = await StartAsync(configure: MetadataSettings.Add(), map: app => app.MapProtectedResourceMetadata());
        using var client = host.CreateClient();

        Assert.Equal(MetadataSettings.EnforcedDocument, await client.GetStringAsync(new Uri(MetadataSettings.Target, UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal([$"{MetadataSettings.Url} says that bound tokens are enforced"], (await Audited.OfAsync(host.Services)).Metadata);
    }

    [Fact]
    public async Task Metadata_OfAHostThatDoesNotAsk_DoesNotSaySo()
    {
        await using var host = await StartAsync(WarnAndDoNotAsk, configure: MetadataSettings.Add(), map: app => app.MapProtectedResourceMetadata());
        using var client = host.CreateClient();

        Assert.Equal(MetadataSettings.Document, await client.GetStringAsync(new Uri(MetadataSettings.Target, UriKind.Relative), TestContext.Current.CancellationToken));
    }

    private static void WarnAndDoNotAsk(BoundTokenEnforcementOptions options)
    {
        options.Audit = AuditFailureBehavior.Log;
        options.RequestClientCertificates = false;
    }

    private static Action<KestrelServerOptions, X509Certificate2> Https(Action<HttpsConnectionAdapterOptions> configure) => (kestrel, certificate) =>
        kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            configure(https);
        }));

    private static Action<KestrelServerOptions, X509Certificate2> WithoutTlsAt(int port) => (kestrel, _) => kestrel.Listen(IPAddress.Loopback, port);

    private static async Task HasNoWayAsync(Action<BoundTokenEnforcementOptions> enforcement, Action<KestrelServerOptions, X509Certificate2>? listen = null)
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(enforcement, listen));

        Assert.Equal([NoWay], failure.Report.Faults);
    }

    private static async Task<IEnumerable<string>> FindingsAsync(TlsApiHost host) =>
        (await Audited.OfAsync(host.Services)).Listeners.Select(listener => listener.Finding);

    private static void NothingLooksLikeAnAttack(TlsApiHost host)
    {
        Assert.DoesNotContain(host.Logs.Records, log => log.Level >= LogLevel.Warning);
        Assert.DoesNotContain(host.Logs.Records, log => log.Message.StartsWith("Request starting", StringComparison.Ordinal));
        Assert.Empty(host.Metrics.Measurements);
    }

    private static Task<TlsApiHost> StartAsync(
        Action<BoundTokenEnforcementOptions>? enforcement = null,
        Action<KestrelServerOptions, X509Certificate2>? listen = null,
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
