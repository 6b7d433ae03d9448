using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>An API behind a proxy, and what arrives there.</summary>
internal static class Forwarded
{
    internal const string Field = "X-Client-Cert";
    internal const string Chain = "Client-Cert-Chain";

    /// <summary>The proxy.</summary>
    internal static readonly IPAddress Proxy = IPAddress.Parse("10.1.2.3");

    /// <summary>Anybody else in the same network.</summary>
    internal static readonly IPAddress Stranger = IPAddress.Parse("10.1.2.4");

    internal static Action<BoundTokenEnforcementOptions> From(
        string proxy = "10.1.2.3", ForwardedCertificateFormat format = ForwardedCertificateFormat.Base64Der, Action<ForwardedCertificateOptions>? more = null) =>
        options => options.UseForwardedCertificate(forwarded =>
        {
            forwarded.Format = format;
            forwarded.Header = Field;
            forwarded.TrustedProxies.Add(proxy);
            more?.Invoke(forwarded);
        });

    internal static Task<Api> StartAsync(Action<BoundTokenEnforcementOptions>? enforcement = null, params Action<WebApplicationBuilder>[] more) =>
        Api.StartAsync([Api.Guarded(enforcement: enforcement ?? From()), .. more]);

    /// <summary>Authentication behind the middleware of the application that stands before this; by itself it would come first.</summary>
    internal static void AuthenticateNow(this WebApplication app)
    {
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
    }

    /// <summary>T(A), from this peer.</summary>
    internal static Action<HttpContext> Token(IPAddress? peer) => TestRequests.Stolen + (context => context.Connection.RemoteIpAddress = peer);

    /// <summary>T(A), from this peer, with this field.</summary>
    internal static Action<HttpContext> Token(IPAddress? peer, StringValues value, string field = Field) =>
        Token(peer) + (context => context.Request.Headers[field] = value);

    /// <summary>Nobody enters; 401, as for a stolen token without a certificate.</summary>
    internal static Task RefusesAsync(this Api api, Action<HttpContext> request) => api.RefusesAsync("/", request);

    /// <summary>Nobody enters; 400 for this reason, and what was forwarded is not believed.</summary>
    internal static async Task TurnsAwayAsync(this Api api, Action<HttpContext> request, BindingFailure because)
    {
        var visits = api.Visits.Count;
        var told = api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName).Count;
        ClientCertificateState? seen = null;
        var answer = await api.SendAsync("/", request + (context => context.Response.OnStarting(() =>
        {
            seen = RequestBinding.Of(context)?.Certificate;
            return Task.CompletedTask;
        })));
        FailOpen.Count(api.Visits.Count > visits);
        Assert.Equal(visits, api.Visits.Count);
        answer.IsBadRequest();
        Assert.Same(ClientCertificateState.NoneForwarded, seen);
        Assert.Equal([because.ToString()], api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName).Skip(told).Select(measured => measured.Tags[BoundTokenTelemetry.FailureTag]));
    }

    /// <summary>In, as alice, proven by the forwarded certificate.</summary>
    internal static async Task AdmitsAsync(this Api api, Action<HttpContext> request)
    {
        var visit = await api.AdmitsAsync("/", request, "alice");
        Assert.Equal((BindingOutcome.Verified, CertificateSource.TrustedForwarder), (visit.Feature!.Outcome, visit.Feature.Binding!.Source));
    }

    /// <summary>A, as a proxy of this kind writes it.</summary>
    internal static string As(this X509Certificate2 certificate, ForwardedCertificateFormat format) => format switch
    {
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => $":{Convert.ToBase64String(certificate.RawData)}:",
        ForwardedCertificateFormat.EscapedPem => Uri.EscapeDataString(certificate.ExportCertificatePem() + "\n"),
        ForwardedCertificateFormat.Base64Der => Convert.ToBase64String(certificate.RawData),
        ForwardedCertificateFormat.SpacedPem => certificate.ExportCertificatePem().Replace('\n', ' '),
        ForwardedCertificateFormat.Xfcc => $"{Hash(certificate)};Cert=\"{Uri.EscapeDataString(certificate.ExportCertificatePem() + "\n")}\"",
        ForwardedCertificateFormat.EscapedPemChain => certificate.WithChain(format, Api.B),
        ForwardedCertificateFormat.Base64DerChain => certificate.WithChain(format, Api.B),
        ForwardedCertificateFormat.XfccChain => certificate.WithChain(format, Api.B),
        ForwardedCertificateFormat.Sha256Hex => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData)),
        ForwardedCertificateFormat.Sha256ColonHex => BitConverter.ToString(SHA256.HashData(certificate.RawData)).Replace('-', ':'),
        ForwardedCertificateFormat.Sha256Base64 => Convert.ToBase64String(SHA256.HashData(certificate.RawData)),
        ForwardedCertificateFormat.Sha256Base64Url => CertificateThumbprint.Of(certificate).ToString(),
        ForwardedCertificateFormat.XfccHash => $"By=spiffe://mesh.test/api;{Hash(certificate)};Subject=\"\";URI=spiffe://mesh.test/client",
        ForwardedCertificateFormat.IstioXfccHash => $"{XfccElement("edge", new string('0', 64))},{certificate.As(ForwardedCertificateFormat.XfccHash)}",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>A, and what its client sent besides.</summary>
    internal static string WithChain(this X509Certificate2 certificate, ForwardedCertificateFormat format, params X509Certificate2[] others) => format switch
    {
        ForwardedCertificateFormat.EscapedPemChain => string.Concat(others.Prepend(certificate).Select(one => Uri.EscapeDataString(one.ExportCertificatePem() + "\n"))),
        ForwardedCertificateFormat.Base64DerChain => string.Join(',', others.Prepend(certificate).Select(Base64)),
        ForwardedCertificateFormat.XfccChain => $"{certificate.As(ForwardedCertificateFormat.Xfcc)};Chain=\"{certificate.WithChain(ForwardedCertificateFormat.EscapedPemChain, others)}\"",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Whether what is written in one format is also what the other one has.</summary>
    internal static bool Reads(ForwardedCertificateFormat format, ForwardedCertificateFormat written) => format == written || written switch
    {
        ForwardedCertificateFormat.ClientCert => format == ForwardedCertificateFormat.ClientCertChain,
        ForwardedCertificateFormat.ClientCertChain => format == ForwardedCertificateFormat.ClientCert,
        ForwardedCertificateFormat.EscapedPem => format == ForwardedCertificateFormat.EscapedPemChain,
        ForwardedCertificateFormat.Base64Der => format == ForwardedCertificateFormat.Base64DerChain,
        ForwardedCertificateFormat.Xfcc => format is ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash or ForwardedCertificateFormat.XfccChain,
        ForwardedCertificateFormat.XfccChain => format is ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash or ForwardedCertificateFormat.Xfcc,
        ForwardedCertificateFormat.XfccHash => format == ForwardedCertificateFormat.IstioXfccHash,
        _ => false,
    };

    private static string XfccElement(string name, string hash) => $"By=spiffe://mesh.test/{name};Hash={hash};URI=spiffe://mesh.test/{name}";

    /// <summary>The <c>Hash</c> of an element of Envoy's.</summary>
    internal static string Hash(X509Certificate2 certificate) => $"Hash={Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}";

    internal static string Base64(this X509Certificate2 certificate) => certificate.As(ForwardedCertificateFormat.Base64Der);
}
