using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>Certificates with private keys, minted in memory and usable by SslStream on every platform.</summary>
public static class TestCertificates
{
    /// <summary>A self-signed client certificate with an ECDSA P-256 key, valid from yesterday for a year.</summary>
    public static X509Certificate2 SelfSigned(string commonName) => SelfSigned(commonName, TimeProvider.System);

    /// <inheritdoc cref="SelfSigned(string)"/>
    public static X509Certificate2 SelfSigned(string commonName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return CertificateMint.SelfSign(CertificateMint.Client(commonName, key), CertificateMint.Valid(clock));
    }

    /// <summary>A self-signed client certificate that ended an hour ago.</summary>
    public static X509Certificate2 Expired(string commonName) => Expired(commonName, TimeProvider.System);

    /// <inheritdoc cref="Expired(string)"/>
    public static X509Certificate2 Expired(string commonName, TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return CertificateMint.SelfSign(CertificateMint.Client(commonName, key), CertificateMint.Over(clock));
    }

    /// <summary>A self-signed client certificate with an RSA key.</summary>
    public static X509Certificate2 Rsa(string commonName) => Rsa(commonName, 2048);

    /// <inheritdoc cref="Rsa(string)"/>
    public static X509Certificate2 Rsa(string commonName, int keyBits)
    {
        using var key = RSA.Create(keyBits);
        return CertificateMint.SelfSign(CertificateMint.Client(commonName, key), CertificateMint.Valid(TimeProvider.System));
    }

    /// <summary>A self-signed client certificate with an ECDSA P-384 key.</summary>
    public static X509Certificate2 P384(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return CertificateMint.SelfSign(CertificateMint.Client(commonName, key), CertificateMint.Valid(TimeProvider.System));
    }

    /// <summary>A self-signed client certificate with this many DNS names and a filler extension of this many bytes.</summary>
    public static X509Certificate2 Large(string commonName, int names, int fillerBytes)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = CertificateMint.Client(commonName, key);
        var alternative = new SubjectAlternativeNameBuilder();
        for (var i = 0; i < names; i++)
        {
            alternative.AddDnsName($"n{i}.{commonName}.test");
        }

        request.CertificateExtensions.Add(alternative.Build());
        if (fillerBytes > 0)
        {
            // 1.3.6.1.4.1.57264 is nobody's business here: unknown, non-critical, and big.
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.57264.999", new byte[fillerBytes], critical: false));
        }

        return CertificateMint.SelfSign(request, CertificateMint.Valid(TimeProvider.System));
    }

    /// <summary>A client certificate of an unknown issuer that can be had at <paramref name="place"/>, as can its list of revoked ones.</summary>
    public static X509Certificate2 WithUrls(string commonName, Uri place)
    {
        ArgumentNullException.ThrowIfNull(place);
        using var issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = CertificateMint.Client(commonName, key);
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([new Uri(place, "ocsp").ToString()], [new Uri(place, "issuer").ToString()], critical: false));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([new Uri(place, "crl").ToString()]));
        var (notBefore, notAfter) = CertificateMint.Valid(TimeProvider.System);
        using var issued = request.Create(
            new X500DistinguishedName("CN=Nobody knows"), X509SignatureGenerator.CreateForECDsa(issuerKey), notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
        return CertificateMint.WithKey(issued, key);
    }

    /// <summary>A self-signed server certificate for localhost and both loopback addresses.</summary>
    public static X509Certificate2 Server()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return CertificateMint.SelfSign(CertificateMint.Server(key), CertificateMint.Valid(TimeProvider.System));
    }

    /// <summary>A client certificate that <paramref name="issuer"/> signed, though it is no authority.</summary>
    public static X509Certificate2 ChildOf(X509Certificate2 issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        using var signingKey = issuer.GetECDsaPrivateKey() ?? throw new ArgumentException("The certificate has no ECDSA private key.", nameof(issuer));
        return ChildOf(issuer, signingKey);
    }

    /// <summary>A client certificate that says <paramref name="issuer"/> issued it, and was signed with a key that nobody knows.</summary>
    public static X509Certificate2 ForgedChildOf(X509Certificate2 issuer)
    {
        ArgumentNullException.ThrowIfNull(issuer);
        using var signingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return ChildOf(issuer, signingKey);
    }

    /// <summary>Another self-signed certificate over the key of <paramref name="certificate"/>: A' in the abuse catalogue.</summary>
    public static X509Certificate2 RenewedWithSameKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = CertificateMint.PrivateKeyOf(certificate);
        return CertificateMint.SelfSign(CertificateMint.Copy(certificate, key), CertificateMint.Valid(TimeProvider.System));
    }

    /// <summary>A self-signed certificate that differs from <paramref name="certificate"/> in nothing one reads: A2 in the abuse catalogue.</summary>
    public static X509Certificate2 SameSubjectAndSerialOtherKey(X509Certificate2 certificate)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = CertificateMint.Copy(certificate, key).Create(
            certificate.SubjectName,
            X509SignatureGenerator.CreateForECDsa(key),
            certificate.NotBefore,
            certificate.NotAfter,
            certificate.SerialNumberBytes.Span);
        return CertificateMint.WithKey(issued, key);
    }

    /// <summary>The RFC 8705 thumbprint by the BCL alone, so that tests do not ask the code under test what is right.</summary>
    public static string Thumbprint(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));
    }

    private static X509Certificate2 ChildOf(X509Certificate2 issuer, ECDsa signingKey)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = CertificateMint.Client("child", key).Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(signingKey), issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return CertificateMint.WithKey(issued, key);
    }
}
