using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Tests;

/// <summary>What proxies write, by the BCL alone, so that tests do not ask the code under test what is right.</summary>
internal static class ProxyForms
{
    internal static string Write(ForwardedCertificateFormat format, byte[] der) => format switch
    {
        ForwardedCertificateFormat.ClientCert => $":{Convert.ToBase64String(der)}:",
        ForwardedCertificateFormat.EscapedPem => Uri.EscapeDataString(Pem(der)),
        ForwardedCertificateFormat.Base64Der => Convert.ToBase64String(der),
        ForwardedCertificateFormat.SpacedPem => Pem(der).Replace('\n', ' ').TrimEnd(),
        ForwardedCertificateFormat.Xfcc => $"By=spiffe://mesh.example/api;{Element(der)};Subject=\"CN=a, O=b;c\";URI=spiffe://mesh.example/client",
        ForwardedCertificateFormat.Sha256Hex => Hex(der),
        ForwardedCertificateFormat.Sha256ColonHex => BitConverter.ToString(SHA256.HashData(der)).Replace('-', ':'),
        ForwardedCertificateFormat.Sha256Base64 => Convert.ToBase64String(SHA256.HashData(der)),
        ForwardedCertificateFormat.Sha256Base64Url => Base64Url.EncodeToString(SHA256.HashData(der)),
        ForwardedCertificateFormat.XfccHash => $"By=spiffe://mesh.example/api;{Hash(der)};Subject=\"\";URI=spiffe://mesh.example/client",
        ForwardedCertificateFormat.IstioXfccHash => $"By=spiffe://mesh.example/edge;{Hash([0])};URI=spiffe://mesh.example/a,By=spiffe://mesh.example/api;{Hash(der)};Subject=\"\";URI=spiffe://mesh.example/client",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    /// <summary>The formats that hold the certificate and not only its hash.</summary>
    internal static bool HoldsCertificate(ForwardedCertificateFormat format) => format is
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.EscapedPem or ForwardedCertificateFormat.Base64Der or ForwardedCertificateFormat.SpacedPem or ForwardedCertificateFormat.Xfcc;

    /// <summary>Whether what is written in one format is also what the other one has.</summary>
    internal static bool Reads(ForwardedCertificateFormat format, ForwardedCertificateFormat written) => format == written || (format, written) is
        (ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash, ForwardedCertificateFormat.Xfcc) or
        (ForwardedCertificateFormat.IstioXfccHash, ForwardedCertificateFormat.XfccHash);

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
