using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A certificate as proxies write it into a header field: what they send honestly, and what a thief sends who knows only the public certificate.</summary>
internal static class ForwardedText
{
    internal static string Of(ForwardedCertificateFormat format, X509Certificate2 certificate) => format switch
    {
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => $":{Base64(certificate)}:",
        ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.EscapedPemChain => Escaped(certificate),
        ForwardedCertificateFormat.Base64Der or ForwardedCertificateFormat.Base64DerChain => Base64(certificate),
        ForwardedCertificateFormat.SpacedPem => certificate.ExportCertificatePem().ReplaceLineEndings(" "),
        ForwardedCertificateFormat.Xfcc => XfccElement(certificate),
        ForwardedCertificateFormat.XfccChain => $"{XfccElement(certificate)};Chain=\"{Escaped(certificate)}\"",
        ForwardedCertificateFormat.XfccHash => XfccWithoutCertificate(certificate),
        ForwardedCertificateFormat.IstioXfccHash => $"By=spiffe://mesh.test/ns/edge/sa/gateway;Hash={new string('0', 64)};URI=spiffe://mesh.test/ns/shop/sa/web,{XfccWithoutCertificate(certificate)}",
        ForwardedCertificateFormat.Sha256Hex => Hash(certificate),
        ForwardedCertificateFormat.Sha256ColonHex => BitConverter.ToString(SHA256.HashData(certificate.RawData)).Replace('-', ':'),
        ForwardedCertificateFormat.Sha256Base64 => Convert.ToBase64String(SHA256.HashData(certificate.RawData)),
        ForwardedCertificateFormat.Sha256Base64Url => CertificateThumbprint.Of(certificate).ToString(),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>Whether what is written in one format is also what the other one has: one that asks for less, or a chain of one.</summary>
    internal static bool Reads(ForwardedCertificateFormat format, ForwardedCertificateFormat written) => format == written || written switch
    {
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => format is ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain,
        ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.EscapedPemChain => format is ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.EscapedPemChain,
        ForwardedCertificateFormat.Base64Der or ForwardedCertificateFormat.Base64DerChain => format is ForwardedCertificateFormat.Base64Der or ForwardedCertificateFormat.Base64DerChain,
        ForwardedCertificateFormat.Xfcc or ForwardedCertificateFormat.XfccChain =>
            format is ForwardedCertificateFormat.Xfcc or ForwardedCertificateFormat.XfccChain or ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash,
        ForwardedCertificateFormat.XfccHash => format == ForwardedCertificateFormat.IstioXfccHash,
        _ => false,
    };

    /// <summary>The fields of a proxy that forwards what the client sent: its certificate, and others if the format has room for them.</summary>
    internal static IEnumerable<(string Name, string Value)> Fields(ForwardedCertificateFormat format, X509Certificate2 certificate, params X509Certificate2[] others) => format switch
    {
        ForwardedCertificateFormat.ClientCert => [("Client-Cert", $":{Base64(certificate)}:")],
        ForwardedCertificateFormat.ClientCertChain =>
            [("Client-Cert", $":{Base64(certificate)}:"), .. others.Length == 0 ? Array.Empty<(string, string)>() : [("Client-Cert-Chain", string.Join(", ", others.Select(one => $":{Base64(one)}:")))]],
        ForwardedCertificateFormat.EscapedPemChain => [("X-Client-Cert", string.Concat(others.Prepend(certificate).Select(Escaped)))],
        ForwardedCertificateFormat.Base64DerChain => [("X-Client-Cert", string.Join(',', others.Prepend(certificate).Select(Base64)))],
        ForwardedCertificateFormat.Xfcc => [("X-Forwarded-Client-Cert", XfccElement(certificate))],
        ForwardedCertificateFormat.XfccChain => [("X-Forwarded-Client-Cert", $"{XfccElement(certificate)};Chain=\"{string.Concat(others.Prepend(certificate).Select(Escaped))}\"")],
        _ => [("X-Client-Cert", Of(format, certificate))],
    };

    /// <summary>As Envoy writes it with <c>set_current_client_cert_details: { cert: true, subject: true }</c>.</summary>
    internal static string XfccElement(X509Certificate2 certificate) =>
        $"By=spiffe://mesh.test/ns/shop/sa/orders;Hash={Hash(certificate)};Cert=\"{Escaped(certificate)}\";"
        + $"Subject=\"CN={certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false)},O=\\\"Tea, Ltd\\\"\"";

    /// <summary>With <c>uri: true</c> as well. Envoy neither quotes nor escapes the name, which the client chose.</summary>
    internal static string XfccElement(X509Certificate2 certificate, string uri) => $"{XfccElement(certificate)};URI={uri}";

    /// <summary>As Envoy writes it when it was not told to send the certificate.</summary>
    internal static string XfccWithoutCertificate(X509Certificate2 certificate) => $"By=spiffe://mesh.test/ns/shop/sa/orders;Hash={Hash(certificate)}";

    internal static string Base64(X509Certificate2 certificate) => Convert.ToBase64String(certificate.RawData);

    private static string Escaped(X509Certificate2 certificate) => Uri.EscapeDataString(certificate.ExportCertificatePem().ReplaceLineEndings("\n") + "\n");

    private static string Hash(X509Certificate2 certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));
}
