using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What the one line does to listeners, and what it leaves to the application.</summary>
public sealed class ListenerTests
{
    [Fact]
    public async Task Default_NobodyConfiguredAMode_AsksAndTakesAnyCertificate()
    {
        await using var api = await GuardedApi.StartAsync();

        await AssertAsksAsync(api);
        (await api.SendAsync((X509Certificate2?)null, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Default_HttpVersionAndSessions_AreAsBefore(string version)
    {
        await using var api = await GuardedApi.StartAsync();
        var tls = new TlsClientOptions { Certificate = api.A, TargetHost = $"{Guid.NewGuid():N}.test" };
        var resumed = false;
        for (var i = 0; i < 4 && !resumed; i++)
        {
            var tap = new HandshakeTap();
            using var client = api.Host.CreateClient(tls with { Transport = tap.Attach }, Version.Parse(version));
            (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
            resumed = tap.AllResumed;
        }

        Assert.True(resumed);
    }

    [Theory]
    [InlineData("RequireCertificate")]
    [InlineData("AllowCertificate")]
    public async Task Configuration_NamesAMode_ItsOwnValidationStays(string mode)
    {
        await using var api = await StartConfiguredAsync(mode);

        // The machine does not trust it, and TLS refuses it before there is a request.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.SendAsync(api.A, api.Issuer.BoundTo(api.A)));
        Assert.Equal(0, api.Entered);
    }

    [Fact]
    public async Task Configuration_RequiresACertificate_StillDoes()
    {
        await using var api = await StartConfiguredAsync("RequireCertificate");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.SendAsync((X509Certificate2?)null, api.Issuer.BoundTo(api.A)));
    }

    [Fact]
    public async Task Configuration_AllowsNone_RefusedByUsAndNotByTls()
    {
        await using var api = await StartConfiguredAsync("AllowCertificate");

        (await api.SendAsync((X509Certificate2?)null, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("NoCertificate")]
    public async Task Configuration_NamesNoMode_Asks(string? mode)
    {
        await using var api = await StartConfiguredAsync(mode);

        await AssertAsksAsync(api);
    }

    [Fact]
    public async Task Code_OwnModeAndValidation_BothStay()
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");
        await using var api = await StartAsync(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.IssuerName.Name == authority.Certificate.SubjectName.Name;
        });

        (await api.SendAsync(leaf, api.Issuer.BoundTo(leaf))).AssertIn();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.SendAsync(api.A, api.Issuer.BoundTo(api.A)));
    }

    // AC-024
    [Fact]
    [Requirement("AC-024")]
    public async Task SwitchedOff_NoListenerAsks_EveryBoundTokenIsRefused()
    {
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = options =>
            {
                options.Audit = AuditFailureBehavior.Log;
                options.RequestClientCertificates = false;
            },
        });

        await AssertDoesNotAskAsync(api);
        (await api.SendAsync((X509Certificate2?)null, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Fact]
    public async Task SwitchedOff_ListenerAsksByItself_In()
    {
        await using var api = await StartAsync(https => https.RequestClientCertificate(), options => options.RequestClientCertificates = false);

        await AssertAsksAsync(api);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task OwnDefaults_ReplaceOurs_AskOnlyIfTheySaySo(bool saysSo, bool before)
    {
        void Configure(WebApplicationBuilder builder, GuardedApi _) => builder.WebHost.ConfigureKestrel(options => options.ConfigureHttpsDefaults(https =>
        {
            https.SslProtocols = SslProtocols.Tls13;
            if (saysSo)
            {
                https.RequestClientCertificate();
            }
        }));
        var setup = new GuardedSetup { Options = options => options.Audit = AuditFailureBehavior.Log };
        await using var api = await GuardedApi.StartAsync(before ? setup with { Before = Configure } : setup with { After = Configure });

        await (saysSo ? AssertAsksAsync(api) : AssertDoesNotAskAsync(api));
    }

    // Who looks at handshakes decides about them: nothing is asked there that the application did not ask for.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OwnOnAuthenticate_OfTheListener_RunsAndDecidesAlone(bool asks)
    {
        var ran = 0;
        await using var api = await StartAsync(https => https.OnAuthenticate += (_, tls) =>
        {
            Interlocked.Increment(ref ran);
            Assert.False(tls.ClientCertificateRequired);
            Assert.Null(tls.RemoteCertificateValidationCallback);
            if (asks)
            {
                tls.ClientCertificateRequired = true;
#pragma warning disable CA5359 // RFC 8705 §6.2: a client's certificate proves possession of a key, and nothing else is asked of it.
                tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
            }
        });

        await (asks ? AssertAsksAsync(api) : AssertDoesNotAskAsync(api));
        Assert.True(ran > 0);
    }

    [Fact]
    [Requirement("R8705-3-1")]
    public async Task OwnOnAuthenticate_ThatDoesNotAsk_IsAFaultOfTheAudit()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(
            https => https.OnAuthenticate += static (_, _) => { }, options => options.Audit = AuditFailureBehavior.StopHost));

        Assert.StartsWith("No client certificate can arrive", Assert.Single(failure.Report.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnOnAuthenticate_ReplacesOurs_NobodyIsIn()
    {
        await using var api = await StartAsync(https => https.OnAuthenticate = (_, _) => { });

        await AssertDoesNotAskAsync(api);
    }

    [Fact]
    public async Task OwnOnAuthenticate_BeforeRequestClientCertificate_BothRun()
    {
        var ran = 0;
        await using var api = await StartAsync(https =>
        {
            https.OnAuthenticate = (_, _) => Interlocked.Increment(ref ran);
            https.RequestClientCertificate();
        });

        await AssertAsksAsync(api);
        Assert.True(ran > 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chain_OfAStrangersCertificate_IsNotFetched(bool byDefault)
    {
        using var recorder = new RecordingListener();
        using var certificate = TestCertificates.WithUrls("alice", recorder.Address);
        await using var api = byDefault ? await GuardedApi.StartAsync() : await StartAsync(https => https.RequestClientCertificate());

        (await api.SendAsync(certificate, api.Issuer.BoundTo(certificate))).AssertIn();
        (await api.SendAsync(certificate, api.Issuer.BoundTo(api.A))).AssertRefused();

        Assert.Equal(0, recorder.Connections);
    }

    // The twin: whoever builds a chain without our policy goes there.
    [Fact]
    public void Chain_WithoutOurPolicy_IsFetched()
    {
        using var recorder = new RecordingListener();
        using var certificate = TestCertificates.WithUrls("alice", recorder.Address);
        using var chain = new X509Chain();
        chain.ChainPolicy.UrlRetrievalTimeout = TimeSpan.FromSeconds(2);

        chain.Build(certificate);

        Assert.NotEqual(0, recorder.Connections);
    }

    private static async Task AssertAsksAsync(GuardedApi api)
    {
        (await api.SendAsync(api.A, api.Issuer.BoundTo(api.A))).AssertIn();
        (await api.SendAsync(api.B, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    private static async Task AssertDoesNotAskAsync(GuardedApi api)
    {
        using var client = api.Client(api.A);
        Assert.Equal("none", await client.GetStringAsync("/who", TestContext.Current.CancellationToken));
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    private static Task<GuardedApi> StartConfiguredAsync(string? mode) => GuardedApi.StartAsync(new GuardedSetup
    {
        Options = options => options.Audit = AuditFailureBehavior.Log,
        Before = (builder, _) => builder.Configuration.AddInMemory(
            ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
            ("Kestrel:Endpoints:Https:ClientCertificateMode", mode)),
        Listen = KestrelConfiguration.WithCertificate,
    });

    private static Task<GuardedApi> StartAsync(Action<HttpsConnectionAdapterOptions> https) => StartAsync(https, static _ => { });

    private static Task<GuardedApi> StartAsync(Action<HttpsConnectionAdapterOptions> https, Action<BoundTokenEnforcementOptions> options) =>
        GuardedApi.StartAsync(new GuardedSetup
        {
            Options = o =>
            {
                o.Audit = AuditFailureBehavior.Log;
                options(o);
            },
            Listen = (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https)),
        });
}
