using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Tests;

/// <summary>What proxies write, by the BCL alone, so that tests do not ask the code under test what is right.</summary>
internal static class ProxyForms
{
    internal static string Write(ForwardedCertificateFormat format, byte[] der) => format switch
    {
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => $":{Convert.ToBase64String(der)}:",
        ForwardedCertificateFormat.EscapedPem => Uri.EscapeDataString(Pem(der)),
        ForwardedCertificateFormat.Base64Der => Convert.ToBase64String(der),
        ForwardedCertificateFormat.SpacedPem => Pem(der).Replace('\n', ' ').TrimEnd(),
        ForwardedCertificateFormat.Xfcc => $"By=spiffe://mesh.example/api;{Element(der)};Subject=\"CN=a,O=b\\;c\";URI=spiffe://mesh.example/client",
        _ when HoldsChain(format) => WriteChain(format, der, Intermediate),
        ForwardedCertificateFormat.Sha256Hex => Hex(der),
        ForwardedCertificateFormat.Sha256ColonHex => BitConverter.ToString(SHA256.HashData(der)).Replace('-', ':'),
        ForwardedCertificateFormat.Sha256Base64 => Convert.ToBase64String(SHA256.HashData(der)),
        ForwardedCertificateFormat.Sha256Base64Url => Base64Url.EncodeToString(SHA256.HashData(der)),
        ForwardedCertificateFormat.XfccHash => $"By=spiffe://mesh.example/api;{Hash(der)};Subject=\"\";URI=spiffe://mesh.example/client",
        ForwardedCertificateFormat.IstioXfccHash => $"By=spiffe://mesh.example/edge;{Hash([0])};URI=spiffe://mesh.example/a,By=spiffe://mesh.example/api;{Hash(der)};Subject=\"\";URI=spiffe://mesh.example/client",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>What a client sends besides its own certificate.</summary>
    internal static byte[] Intermediate { get; } = Convert.FromBase64String(PublishedCertificates.Named("rfc9440-intermediate").Der);

    /// <summary>The formats that hold the certificate and not only its hash.</summary>
    internal static bool HoldsCertificate(ForwardedCertificateFormat format) => format is
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.Base64Der or ForwardedCertificateFormat.SpacedPem or ForwardedCertificateFormat.Xfcc
        or ForwardedCertificateFormat.ClientCertChain || HoldsChain(format);

    /// <summary>The formats that have room for more than one certificate.</summary>
    internal static bool HoldsChain(ForwardedCertificateFormat format) =>
        format is ForwardedCertificateFormat.EscapedPemChain or ForwardedCertificateFormat.Base64DerChain or ForwardedCertificateFormat.XfccChain;

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

    /// <summary>The client's own certificate and these, in a format that has room for them.</summary>
    internal static string WriteChain(ForwardedCertificateFormat format, params byte[][] ders) => format switch
    {
        ForwardedCertificateFormat.EscapedPemChain => string.Concat(ders.Select(Pem)).Replace(" ", "%20", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal),
        ForwardedCertificateFormat.Base64DerChain => string.Join(',', ders.Select(Convert.ToBase64String)),
        ForwardedCertificateFormat.XfccChain => $"By=spiffe://mesh.example/api;{Element(ders[0])};{Chain(ders)};Subject=\"CN=a\";URI=spiffe://mesh.example/client",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    internal static string Chain(params byte[][] ders) => $"Chain=\"{Uri.EscapeDataString(string.Concat(ders.Select(Pem)))}\"";

    internal static string Pem(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";

    internal static string Cert(byte[] der) => $"Cert=\"{Uri.EscapeDataString(Pem(der))}\"";

    internal static string Hash(byte[] der) => $"Hash={Hex(der)}";

    internal static string Hex(byte[] der) => Convert.ToHexStringLower(SHA256.HashData(der));

    internal static string Element(byte[] der) => $"{Hash(der)};{Cert(der)}";

    internal static void AssertRead(ForwardedCertificateFormat format, string value, byte[] der)
    {
        Assert.Equal(ForwardedCertificateReading.Certificate, ForwardedCertificate.ReadThumbprint(format, value, out var thumbprint));
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(der)), thumbprint.ToString());
        if (!HoldsCertificate(format))
        {
            Assert.Equal(ForwardedCertificateReading.Malformed, ForwardedCertificate.Read(format, value, out var none));
            Assert.Null(none);
            return;
        }

        Assert.Equal(ForwardedCertificateReading.Certificate, ForwardedCertificate.Read(format, value, out var certificate));
        using (certificate)
        {
            Assert.Equal(der, certificate!.RawData);
        }
    }

    internal static void AssertMalformed(ForwardedCertificateFormat format, string value)
    {
        Assert.Equal(ForwardedCertificateReading.Malformed, ForwardedCertificate.Read(format, value, out var certificate));
        Assert.Null(certificate);
        Assert.Equal(ForwardedCertificateReading.Malformed, ForwardedCertificate.ReadThumbprint(format, value, out var thumbprint));
        Assert.Empty(thumbprint.ToString());
    }

    internal static byte[] Der(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return certificate.RawData;
        }
    }
}
