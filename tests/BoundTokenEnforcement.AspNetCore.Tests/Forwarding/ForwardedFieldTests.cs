using System.Buffers.Text;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>What may stand in the request, and from whom. What comes over real sockets is tried in the integration tests.</summary>
public sealed class ForwardedFieldTests
{
    private static readonly string A = Api.A.Base64();
    private static readonly string B = Api.B.Base64();

    // AC-057
    [Fact]
    [Requirement("AC-057")]
    public async Task Field_FromAnybodyElse_IsTurnedAway()
    {
        await using var api = await Forwarded.StartAsync();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, A), BindingFailure.ForwarderUntrusted);
        await api.TurnsAwayAsync(Forwarded.Token(null, A), BindingFailure.ForwarderUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A));
    }

    // AC-057: the cache holds what a value means, never that it may be believed.
    [Fact]
    [Requirement("AC-057")]
    public async Task Field_BelievedFromTheProxy_IsNotBelievedFromAnybodyElseAfterwards()
    {
        await using var api = await Forwarded.StartAsync();

        for (var i = 0; i < 3; i++)
        {
            await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A));
            await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, A), BindingFailure.ForwarderUntrusted);
        }
    }

    // D25: present is present, whatever stands in it.
    [Theory]
    [InlineData("")]
    [InlineData("(null)")]
    [InlineData("nonsense")]
    [Requirement("D25")]
    public async Task Field_OfAnyValueFromAnybodyElse_IsTurnedAway(string value)
    {
        await using var api = await Forwarded.StartAsync();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, value), BindingFailure.ForwarderUntrusted);
        await api.RefusesAsync(Forwarded.Token(Forwarded.Stranger));
    }

    // AC-058, AC-059: only the one configured name is ever read, and it is compared as a whole.
    [Theory]
    [InlineData("X-ARR-ClientCert")]
    [InlineData("ssl-client-cert")]
    [InlineData("X-SSL-Client-DER")]
    [InlineData("X-SSL-Client-Cert")]
    [InlineData("X-Forwarded-Tls-Client-Cert")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("Client-Cert")]
    [InlineData("X_Client_Cert")]
    [InlineData("X-Client_Cert")]
    [InlineData("XClientCert")]
    [InlineData("X-Client-Cert2")]
    [Requirement("AC-058", "AC-059")]
    public async Task Field_OfAnotherName_IsNotRead(string field)
    {
        await using var api = await Forwarded.StartAsync();

        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, A, field));
        await api.RefusesAsync(Forwarded.Token(Forwarded.Stranger, A, field));
        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, A, field) + TestRequests.WithHeader(Forwarded.Field, ""));
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, B, field) + TestRequests.WithHeader(Forwarded.Field, A));
    }

    // AC-059
    [Theory]
    [InlineData("x-client-cert")]
    [InlineData("X-CLIENT-CERT")]
    [Requirement("AC-059")]
    public async Task Field_InAnotherCase_IsTheSame(string field)
    {
        await using var api = await Forwarded.StartAsync();

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A, field));
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, A, field), BindingFailure.ForwarderUntrusted);
    }

    // AC-059: and the other way round.
    [Fact]
    [Requirement("AC-059")]
    public async Task Field_ConfiguredWithAnUnderscore_IsNotTheOneWithAHyphen()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(more: forwarded => forwarded.Header = "X_Client_Cert"));

        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, A, "X-Client-Cert"));
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A, "X_Client_Cert"));
    }

    // AC-060, D26
    [Theory]
    [InlineData("A", "A")]
    [InlineData("B", "A")]
    [InlineData("A", "B")]
    [InlineData("", "A")]
    [InlineData("A", "")]
    [InlineData("", "")]
    [InlineData("A", "A", "A")]
    [Requirement("AC-060", "D26")]
    public async Task Field_Repeated_IsTurnedAway(params string[] certificates)
    {
        await using var api = await Forwarded.StartAsync();
        var values = certificates.Select(name => name switch { "A" => A, "B" => B, _ => string.Empty }).ToArray();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, values), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, values), BindingFailure.ForwarderUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A));
    }

    // AC-060, D26: what a proxy or a server joined.
    [Theory]
    [InlineData(ForwardedCertificateFormat.ClientCert)]
    [InlineData(ForwardedCertificateFormat.EscapedPem)]
    [InlineData(ForwardedCertificateFormat.Base64Der)]
    [InlineData(ForwardedCertificateFormat.SpacedPem)]
    [InlineData(ForwardedCertificateFormat.Sha256Hex)]
    [InlineData(ForwardedCertificateFormat.Sha256ColonHex)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64Url)]
    [Requirement("AC-060", "D26")]
    public async Task Field_List_IsTurnedAway(ForwardedCertificateFormat format)
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: format));

        foreach (var separator in new[] { ",", ", ", ";", " " })
        {
            await api.TurnsAwayAsync(
                Forwarded.Token(Forwarded.Proxy, Api.B.As(format) + separator + Api.A.As(format)), BindingFailure.ForwardedCertificateMalformed);
            await api.TurnsAwayAsync(
                Forwarded.Token(Forwarded.Proxy, Api.A.As(format) + separator + Api.B.As(format)), BindingFailure.ForwardedCertificateMalformed);
        }

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.As(format)));
    }

    // AC-062: how proxies say that there is none. The proxy's own certificate is not taken instead (D24).
    [Theory]
    [InlineData(ForwardedCertificateFormat.Base64Der, "")]
    [InlineData(ForwardedCertificateFormat.EscapedPem, "")]
    [InlineData(ForwardedCertificateFormat.SpacedPem, "(null)")]
    [InlineData(ForwardedCertificateFormat.ClientCert, "::")]
    [InlineData(ForwardedCertificateFormat.ClientCert, "")]
    [Requirement("AC-062", "D24")]
    public async Task Field_ThatSaysNone_IsNoCertificate(ForwardedCertificateFormat format, string value)
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: format));
        Action<HttpContext> ownCertificate = context => context.Connection.ClientCertificate = Api.A;

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, value) + ownCertificate, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + ownCertificate, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.As(format)) + ownCertificate, BindingFailure.CertificateMismatch);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.As(format)));
    }

    // AC-062: refused, and with 400, because it is not said that there is none.
    [Theory]
    [InlineData("\"\"")]
    [InlineData("-")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("(NULL)")]
    [InlineData("none")]
    [InlineData("::")]
    [InlineData("0")]
    [Requirement("AC-062")]
    public async Task Field_ThatSaysNothingKnown_IsTurnedAway(string value)
    {
        await using var api = await Forwarded.StartAsync();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, value), BindingFailure.ForwardedCertificateMalformed);
        await api.RefusesAsync(Forwarded.Token(Forwarded.Proxy, ""));
    }

    // AC-062
    [Theory]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 4)]
    [InlineData(100 * 1024)]
    [Requirement("AC-062")]
    public async Task Field_OfEndlessBase64_IsTurnedAway(int length)
    {
        await using var api = await Forwarded.StartAsync();

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, new string('A', length)), BindingFailure.ForwardedCertificateMalformed);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A));
    }

    // AC-063
    [Fact]
    [Requirement("AC-063")]
    public async Task ClientCert_AnythingButOneByteSequence_IsTurnedAway()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: ForwardedCertificateFormat.ClientCert));
        string[] spellings =
        [
            A, $":{A}", $"{A}:", $"::{A}::", $": {A}:", $":{A} :", $":{A[..40]} {A[40..]}:", $":{Base64Url.EncodeToString(Api.A.RawData)}:", $":{A.TrimEnd('=')}=:",
            $":{Api.A.ExportCertificatePem().Replace('\n', ' ')}:", $":{A}:;a=1", $":{A}:, :{A}:", $"(:{A}:)", $"\"{A}\"",
        ];

        // The one with URL-safe letters says the same if there are none; the one with another end says the same where that is the end.
        foreach (var spelling in spellings.Where(spelling => spelling != $":{A}:"))
        {
            await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, spelling), BindingFailure.ForwardedCertificateMalformed);
        }

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, $":{A}:"));
    }

    // AC-064
    [Theory]
    [InlineData(ForwardedCertificateFormat.ClientCert)]
    [InlineData(ForwardedCertificateFormat.EscapedPem)]
    [InlineData(ForwardedCertificateFormat.Base64Der)]
    [InlineData(ForwardedCertificateFormat.SpacedPem)]
    [InlineData(ForwardedCertificateFormat.Xfcc)]
    [InlineData(ForwardedCertificateFormat.Sha256Hex)]
    [InlineData(ForwardedCertificateFormat.Sha256ColonHex)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64)]
    [InlineData(ForwardedCertificateFormat.Sha256Base64Url)]
    [InlineData(ForwardedCertificateFormat.XfccHash)]
    [InlineData(ForwardedCertificateFormat.IstioXfccHash)]
    [InlineData(ForwardedCertificateFormat.ClientCertChain)]
    [InlineData(ForwardedCertificateFormat.EscapedPemChain)]
    [InlineData(ForwardedCertificateFormat.Base64DerChain)]
    [InlineData(ForwardedCertificateFormat.XfccChain)]
    [Requirement("AC-064")]
    public async Task Field_OfAnotherFormat_IsTurnedAway(ForwardedCertificateFormat format)
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: format));

        foreach (var other in Enum.GetValues<ForwardedCertificateFormat>().Where(other => other != ForwardedCertificateFormat.None && !Forwarded.Reads(format, other)))
        {
            await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, Api.A.As(other)), BindingFailure.ForwardedCertificateMalformed);
        }

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.As(format)));
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.B.As(format)), BindingFailure.CertificateMismatch);
    }

    // AC-065: the element of the nearest proxy is the last.
    [Fact]
    [Requirement("AC-065")]
    public async Task Xfcc_OnlyTheLastElementAndOnlyItsCert_IsProof()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(format: ForwardedCertificateFormat.Xfcc));
        var a = Api.A.As(ForwardedCertificateFormat.Xfcc);
        var b = Api.B.As(ForwardedCertificateFormat.Xfcc);
        var hash = Forwarded.Hash(Api.A);

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a));
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, $"{b},{a}"));
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, $"{a},{b}"), BindingFailure.CertificateMismatch);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, hash), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, $"{a},{hash}"), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, $"{hash};{b[(b.IndexOf(';', StringComparison.Ordinal) + 1)..]}"), BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy, new[] { b, a }), BindingFailure.ForwardedCertificateMalformed);
    }

    // AC-066, R9440-2.3-2
    [Fact]
    [Requirement("AC-066", "R9440-2.3-2")]
    public async Task Chain_IsNeverProof()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From(
            format: ForwardedCertificateFormat.ClientCert, more: forwarded => forwarded.Header = null));
        var chain = TestRequests.WithHeader(Forwarded.Chain, $":{A}:");

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, $":{B}:", "Client-Cert") + chain, BindingFailure.CertificateMismatch);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, "", "Client-Cert") + chain, BindingFailure.CertificateMissing);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Proxy) + chain, BindingFailure.ForwardedCertificateMalformed);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger) + chain, BindingFailure.ForwarderUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, $":{A}:", "Client-Cert") + TestRequests.WithHeader(Forwarded.Chain, $":{B}:, :{B}:"));
    }

    // The chain field is RFC 9440's; beside the field of another proxy it is somebody's, and not read.
    [Fact]
    public async Task Chain_InAnotherFormat_IsNotRead()
    {
        await using var api = await Forwarded.StartAsync();
        var chain = TestRequests.WithHeader(Forwarded.Chain, $":{A}:");

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy) + chain, BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger) + chain, BindingFailure.CertificateMissing);
    }

    // D24, D25: connection mode never reads any field.
    [Theory]
    [InlineData("Client-Cert", ForwardedCertificateFormat.ClientCert)]
    [InlineData("X-Client-Cert", ForwardedCertificateFormat.Base64Der)]
    [InlineData("X-Forwarded-Client-Cert", ForwardedCertificateFormat.Xfcc)]
    [InlineData("X-Client-Cert", ForwardedCertificateFormat.EscapedPem)]
    [Requirement("D24", "D25")]
    public async Task ConnectionMode_AnyField_IsIgnored(string field, ForwardedCertificateFormat format)
    {
        await using var api = await Forwarded.StartAsync(static _ => { });
        var withB = TestRequests.WithHeader(field, Api.B.As(format)) + TestRequests.WithHeader(Forwarded.Chain, $":{B}:");

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.As(format), field), BindingFailure.CertificateMissing);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, Api.A.As(format), field) + (c => c.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch);
        var visit = await api.AdmitsAsync("/", TestRequests.Proven + withB, "alice");
        Assert.Equal(CertificateSource.Connection, visit.Feature!.Binding!.Source);
    }

    // Whatever is refused is told: two failures, two events, one counter.
    [Theory]
    [InlineData("10.1.2.4", 117, BindingFailure.ForwarderUntrusted)]
    [InlineData("10.1.2.3", 118, BindingFailure.ForwardedCertificateMalformed)]
    public async Task Refusal_IsLoggedCountedAndAlarmed(string peer, int eventId, BindingFailure failure)
    {
        var alarms = new List<BindingRejectedContext>();
        await using var api = await Forwarded.StartAsync(Forwarded.From() + (options => options.OnRejected = refusal =>
        {
            alarms.Add(refusal);
            return ValueTask.CompletedTask;
        }));

        await api.TurnsAwayAsync(Forwarded.Token(IPAddress.Parse(peer), new[] { A, A }), failure);

        var log = Assert.Single(api.Logs.From(typeof(DecisionTelemetry).FullName!));
        Assert.Equal((eventId, failure.ToString()), (log.EventId.Id, log.EventId.Name));
        Assert.DoesNotContain(A[..40], log.Message, StringComparison.Ordinal);
        var alarm = Assert.Single(alarms);
        Assert.Equal((failure, EnforcementMode.Enforce, false, string.Empty), (alarm.Failure, alarm.Mode, alarm.IsTokenValidated, alarm.Presented.ToString()));
    }

    // The middleware of the application sees nothing of a request that is turned away.
    [Fact]
    public async Task Field_FromAnybodyElse_ReachesNothingAtAll()
    {
        var reached = 0;
        await using var api = await Api.StartAsync([Api.Guarded(enforcement: Forwarded.From())], (api, app) =>
        {
            app.Use((HttpContext context, RequestDelegate next) =>
            {
                reached++;
                return next(context);
            });
            api.Map(app, "/").AllowAnonymous();
        });

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, A), BindingFailure.ForwarderUntrusted);
        Assert.Equal(0, reached);

        Assert.Equal(200, (await api.SendAsync("/", Forwarded.Token(Forwarded.Proxy, A))).Status);
        Assert.Equal(1, reached);
    }

    // What happens to the request afterwards changes nothing.
    [Fact]
    public async Task Middleware_RewritesPeerOrField_ComesTooLate()
    {
        await using var api = await Api.StartAsync([Api.Guarded(enforcement: Forwarded.From())], (api, app) =>
        {
            app.Use((HttpContext context, RequestDelegate next) =>
            {
                context.Connection.RemoteIpAddress = Forwarded.Proxy;
                context.Request.Headers[Forwarded.Field] = A;
                return next(context);
            });
            app.AuthenticateNow();
            api.MapProtected(app);
        });

        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Stranger), BindingFailure.CertificateMissing);
        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, A), BindingFailure.ForwarderUntrusted);
        await api.RefusesAsync("/", Forwarded.Token(Forwarded.Proxy, B), BindingFailure.CertificateMismatch);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, A));
    }
}
