using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class TlsApiHostTests
{
    private const string None = "none";

    [Theory]
    [InlineData("1.1", SslProtocols.Tls12)]
    [InlineData("1.1", SslProtocols.Tls13)]
    [InlineData("2.0", SslProtocols.Tls12)]
    [InlineData("2.0", SslProtocols.Tls13)]
    public async Task Get_ListenerAsks_CertificateArrives(string version, SslProtocols protocol)
    {
        await using var host = await StartAsync(ClientCertificateMode.AllowCertificate);
        using var certificate = TestCertificates.SelfSigned("alice");
        using var client = host.CreateClient(certificate, Version.Parse(version), protocol);

        var answer = await client.GetStringAsync("/", TestContext.Current.CancellationToken);

        Assert.Equal($"HTTP/{(version == "2.0" ? "2" : version)} {protocol} {TestCertificates.Thumbprint(certificate)}", answer);
    }

    [Fact]
    public async Task Get_ListenerDoesNotAsk_NoCertificateArrives()
    {
        await using var host = await StartAsync(mode: null);
        using var certificate = TestCertificates.SelfSigned("alice");
        using var client = host.CreateClient(certificate);

        Assert.EndsWith(None, await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ListenerAsksClientHasNone_NoCertificateArrives()
    {
        await using var host = await StartAsync(ClientCertificateMode.AllowCertificate);
        using var client = host.CreateClient();

        Assert.EndsWith(None, await client.GetStringAsync("/", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_EveryKindOfCertificate_Arrives()
    {
        await using var host = await StartAsync(ClientCertificateMode.RequireCertificate);
        using var authority = new TestCertificateAuthority();
        using var alice = TestCertificates.SelfSigned("alice");
        X509Certificate2[] certificates =
        [
            TestCertificates.Rsa("alice"),
            TestCertificates.Expired("alice"),
            TestCertificates.RenewedWithSameKey(alice),
            TestCertificates.SameSubjectAndSerialOtherKey(alice),
            TestCertificates.Large("alice", names: 500, fillerBytes: 20_000),
            authority.IssueClient("alice"),
            authority.IssueExpiredClient("alice"),
        ];

        foreach (var certificate in certificates)
        {
            using var client = host.CreateClient(certificate);
            var answer = await client.GetStringAsync("/", TestContext.Current.CancellationToken);
            Assert.EndsWith(TestCertificates.Thumbprint(certificate), answer, StringComparison.Ordinal);
            certificate.Dispose();
        }
    }

    [Fact]
    public async Task Get_ExtraCertificateInChain_LeafArrives()
    {
        await using var host = await StartAsync(ClientCertificateMode.RequireCertificate);
        using var leaf = TestCertificates.SelfSigned("leaf");
        using var extra = TestCertificates.SelfSigned("extra");
        using var client = host.CreateClient(new TlsClientOptions { Certificate = leaf, ExtraCertificates = [extra] });

        var answer = await client.GetStringAsync("/", TestContext.Current.CancellationToken);

        Assert.EndsWith(TestCertificates.Thumbprint(leaf), answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RawGet_DuplicateHeaderLines_ArriveApart()
    {
        await using var host = await StartAsync(ClientCertificateMode.AllowCertificate);
        using var certificate = TestCertificates.SelfSigned("alice");

        var answer = await RawTlsClient.GetAsync(host, "/headers", new TlsClientOptions { Certificate = certificate }, "X-Twice: 1", "X-Twice:   2");

        Assert.Equal(200, answer.Status);
        Assert.Contains("1|2", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CreateClient_OtherServerCertificate_IsNotTrusted()
    {
        await using var host = await StartAsync(mode: null);
        using var certificate = TestCertificates.Server();
        using var client = host.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/", TestContext.Current.CancellationToken)).StatusCode);
        await Assert.ThrowsAsync<AuthenticationException>(() => RawTlsClient.GetAsync(host, "/", new TlsClientOptions { Trusted = certificate }));
    }

    [Fact]
    public async Task Logs_MessageStateScopeAndException_AreKept()
    {
        await using var host = await StartAsync(mode: null);
        using var client = host.CreateClient();
        await client.GetAsync("/log", TestContext.Current.CancellationToken);

        var record = Assert.Single(host.Logs.Records, r => r.Category == "probe");
        Assert.Equal(LogLevel.Trace, record.Level);
        Assert.Contains("in-message", record.Everything, StringComparison.Ordinal);
        Assert.Contains("in-scope", record.Everything, StringComparison.Ordinal);
        Assert.Contains("in-exception", record.Everything, StringComparison.Ordinal);
        Assert.ThrowsAny<Exception>(() => host.Logs.AssertContainsNone("in-scope"));
        Assert.ThrowsAny<Exception>(() => host.Logs.AssertContainsNone("abc.segment-of-a-token-in-the-log.def"));
        host.Logs.AssertContainsNone("never-logged");
    }

    [Fact]
    public async Task Metrics_TwoHosts_EachKeepsItsOwn()
    {
        await using var host = await StartAsync(mode: null);
        await using var other = await StartAsync(mode: null);
        using var client = host.CreateClient();
        await client.GetAsync("/measure", TestContext.Current.CancellationToken);

        Assert.Equal(2, host.Metrics.Sum("probe", "outcome", "good"));
        Assert.Equal(0, host.Metrics.Sum("probe", "outcome", "bad"));
        Assert.Empty(other.Metrics.Measurements);
    }

    private static Task<TlsApiHost> StartAsync(ClientCertificateMode? mode) => TlsApiHost.StartAsync(
        builder =>
        {
            if (mode is { } wanted)
            {
                builder.WebHost.ConfigureKestrel(o => o.ConfigureHttpsDefaults(https =>
                {
                    https.ClientCertificateMode = wanted;
                    https.AllowAnyClientCertificate();
                }));
            }
        },
        app =>
        {
            app.MapGet("/", (HttpContext context) =>
                $"{context.Request.Protocol} {context.Features.Get<ITlsHandshakeFeature>()!.Protocol} "
                + (context.Connection.ClientCertificate is { } certificate ? TestCertificates.Thumbprint(certificate) : None));
            app.MapGet("/headers", (HttpContext context) => string.Join('|', context.Request.Headers["X-Twice"].ToArray()));
            app.MapGet("/measure", (IMeterFactory meters) =>
                meters.Create("BoundTokenEnforcement.Probe").CreateCounter<long>("probe").Add(2, KeyValuePair.Create<string, object?>("outcome", "good")));
            app.MapGet("/log", (ILoggerFactory loggers) =>
            {
                var logger = loggers.CreateLogger("probe");
                using (logger.BeginScope("{Value}", "in-scope"))
                {
                    logger.LogTrace(new InvalidOperationException("in-exception"), "{Value} {Other}", "in-message", "segment-of-a-token-in-the-log");
                }
            });
        });
}
