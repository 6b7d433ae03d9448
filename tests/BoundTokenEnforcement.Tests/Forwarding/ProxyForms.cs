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
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    internal static string Pem(byte[] der) => PemEncoding.WriteString("CERTIFICATE", der) + "\n";

    internal static string Cert(byte[] der) => $"Cert=\"{Uri.EscapeDataString(Pem(der))}\"";

    internal static string Hash(byte[] der) => $"Hash={Convert.ToHexStringLower(SHA256.HashData(der))}";

    internal static string Element(byte[] der) => $"{Hash(der)};{Cert(der)}";

    internal static void AssertRead(ForwardedCertificateFormat format, string value, byte[] der)
    {
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
    }

    internal static byte[] Der(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return certificate.RawData;
        }
    }
}
