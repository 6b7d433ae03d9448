using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>The mechanics behind <see cref="TestCertificates"/> and <see cref="TestCertificateAuthority"/>.</summary>
internal static class CertificateMint
{
    internal readonly record struct Validity(DateTimeOffset NotBefore, DateTimeOffset NotAfter);

    internal static Validity Valid(TimeProvider clock) => new(clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddDays(364));

    internal static Validity Over(TimeProvider clock) => new(clock.GetUtcNow().AddDays(-30), clock.GetUtcNow().AddHours(-1));

    internal static CertificateRequest Client(string commonName, AsymmetricAlgorithm key) => Leaf(commonName, key, "1.3.6.1.5.5.7.3.2");

    internal static CertificateRequest Server(AsymmetricAlgorithm key)
    {
        var request = Leaf("localhost", key, "1.3.6.1.5.5.7.3.1");
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    internal static CertificateRequest Copy(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        var request = Request(certificate.SubjectName, key);
        foreach (var extension in certificate.Extensions)
        {
            // The key identifiers are facts about the old key and the old issuer.
            if (extension is not (X509SubjectKeyIdentifierExtension or X509AuthorityKeyIdentifierExtension))
            {
                request.CertificateExtensions.Add(extension);
            }
        }

        return request;
    }

    internal static CertificateRequest Request(X500DistinguishedName subject, AsymmetricAlgorithm key) => key switch
    {
        ECDsa ecdsa => new CertificateRequest(subject, ecdsa, HashAlgorithmName.SHA256),
        RSA rsa => new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => throw new ArgumentException("Only ECDSA and RSA keys.", nameof(key)),
    };

    internal static X509Certificate2 SelfSign(CertificateRequest request, Validity validity)
    {
        using var issued = request.CreateSelfSigned(validity.NotBefore, validity.NotAfter);
        return Usable(issued);
    }

    internal static X509Certificate2 WithKey(X509Certificate2 issued, AsymmetricAlgorithm key)
    {
        using var joined = key is ECDsa ecdsa ? issued.CopyWithPrivateKey(ecdsa) : issued.CopyWithPrivateKey((RSA)key);
        return Usable(joined);
    }

    internal static AsymmetricAlgorithm PrivateKeyOf(X509Certificate2 certificate) =>
        certificate.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey()
        ?? throw new ArgumentException("The certificate has no ECDSA or RSA private key.", nameof(certificate));

    private static CertificateRequest Leaf(string commonName, AsymmetricAlgorithm key, string usage)
    {
        var request = Request(new X500DistinguishedName($"CN={commonName}"), key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        return request;
    }

    // SslStream on some platforms cannot use a key that never lived in a PKCS#12.
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
