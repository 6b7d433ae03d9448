using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Demo;

/// <summary>The certificates of everybody in the story, made for one run and never stored unless a process must read them.</summary>
internal sealed class DemoCertificates : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _issuer;
    private readonly ECDsa _aliceKey = NewKey();
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public DemoCertificates()
    {
        using var authorityKey = NewKey();
        var authority = Request("CN=Demo CA", authorityKey, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, isAuthority: true);
        _issuer = authority.CreateSelfSigned(_now.AddHours(-1), _now.AddDays(2));
        Authority = PublicPartOf(_issuer);

        using var serverKey = NewKey();
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        Server = Issue("CN=localhost", serverKey, ServerAuthentication, names.Build());

        using var malloryKey = NewKey();
        Alice = Issue("CN=alice", _aliceKey, ClientAuthentication);
        AliceRenewed = Issue("CN=alice", _aliceKey, ClientAuthentication);
        Mallory = Issue("CN=mallory", malloryKey, ClientAuthentication);

        using var carolKey = NewKey();
        Carol = Request("CN=carol", carolKey, X509KeyUsageFlags.DigitalSignature, isAuthority: false, ClientAuthentication)
            .CreateSelfSigned(_now.AddHours(-1), _now.AddDays(1));
    }

    /// <summary>The authority that everybody here trusts, without its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What all servers show; valid for <c>localhost</c>.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>Alice authenticates with a certificate of the authority.</summary>
    public X509Certificate2 Alice { get; }

    /// <summary>The same name and the same key, but another certificate.</summary>
    public X509Certificate2 AliceRenewed { get; }

    /// <summary>Carol authenticates with a certificate that she signed herself.</summary>
    public X509Certificate2 Carol { get; }

    /// <summary>Mallory has a certificate as good as Alice's. It is just not Alice's.</summary>
    public X509Certificate2 Mallory { get; }

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[_issuer, Authority, Server, Alice, AliceRenewed, Carol, Mallory])
        {
            certificate.Dispose();
        }

        _aliceKey.Dispose();
    }

    /// <summary>What others are given of a certificate.</summary>
    public static X509Certificate2 PublicPartOf(X509Certificate2 certificate) => X509CertificateLoader.LoadCertificate(certificate.RawData);

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private X509Certificate2 Issue(string subject, ECDsa key, string purpose, params X509Extension[] extensions)
    {
        var request = Request(subject, key, X509KeyUsageFlags.DigitalSignature, isAuthority: false, purpose);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_issuer, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        foreach (var extension in extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        using var certificate = request.Create(_issuer, _now.AddHours(-1), _now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string subject, ECDsa key, X509KeyUsageFlags usage, bool isAuthority, params string[] purposes)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (purposes.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. purposes.Select(purpose => new Oid(purpose))], critical: false));
        }

        return request;
    }
}
