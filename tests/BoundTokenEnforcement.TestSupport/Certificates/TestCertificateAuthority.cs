using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>A certificate authority that lives as long as the test.</summary>
public sealed class TestCertificateAuthority : IDisposable
{
    private readonly TimeProvider _clock;

    /// <summary>A new authority with an ECDSA P-256 key.</summary>
    public TestCertificateAuthority() : this("Test CA", TimeProvider.System)
    {
    }

    /// <inheritdoc cref="TestCertificateAuthority()"/>
    public TestCertificateAuthority(string commonName, TimeProvider clock)
    {
        _clock = clock;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate = CertificateMint.SelfSign(Request(commonName, key), CertificateMint.Valid(clock));
    }

    private TestCertificateAuthority(X509Certificate2 certificate, TimeProvider clock) => (Certificate, _clock) = (certificate, clock);

    /// <summary>The authority's own certificate, with its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>An authority below this one.</summary>
    public TestCertificateAuthority IssueAuthority(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(Issue(Request(commonName, key), key, CertificateMint.Valid(_clock)), _clock);
    }

    /// <summary>A client certificate with a new key.</summary>
    public X509Certificate2 IssueClient(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(CertificateMint.Client(commonName, key), key, CertificateMint.Valid(_clock));
    }

    /// <summary>A client certificate that ended an hour ago.</summary>
    public X509Certificate2 IssueExpiredClient(string commonName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(CertificateMint.Client(commonName, key), key, CertificateMint.Over(_clock));
    }

    /// <summary>A server certificate for localhost and both loopback addresses.</summary>
    public X509Certificate2 IssueServer()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Issue(CertificateMint.Server(key), key, CertificateMint.Valid(_clock));
    }

    /// <summary>Another certificate of this authority over the key of <paramref name="certificate"/>.</summary>
    public X509Certificate2 RenewWithSameKey(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = CertificateMint.PrivateKeyOf(certificate);
        return Issue(CertificateMint.Copy(certificate, key), key, CertificateMint.Valid(_clock));
    }

    /// <inheritdoc />
    public void Dispose() => Certificate.Dispose();

    private static CertificateRequest Request(string commonName, ECDsa key)
    {
        var request = CertificateMint.Request(new X500DistinguishedName($"CN={commonName}"), key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private X509Certificate2 Issue(CertificateRequest request, AsymmetricAlgorithm key, CertificateMint.Validity validity)
    {
        // A leaf cannot begin before its issuer does.
        var notBefore = validity.NotBefore < Certificate.NotBefore ? Certificate.NotBefore : validity.NotBefore;
        var notAfter = validity.NotAfter > Certificate.NotAfter ? Certificate.NotAfter : validity.NotAfter;
        using var issued = request.Create(Certificate, notBefore, notAfter, RandomNumberGenerator.GetBytes(16));
        return CertificateMint.WithKey(issued, key);
    }
}
