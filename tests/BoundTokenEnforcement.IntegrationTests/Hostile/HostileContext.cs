using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What the rows of the catalogue are made from: certificates, an issuer with two keys, and an attacker.</summary>
public sealed class HostileContext : IDisposable
{
    /// <summary>A: the certificate the good tokens are bound to.</summary>
    public X509Certificate2 A { get; } = TestCertificates.SelfSigned("alice");

    /// <summary>B: somebody else's.</summary>
    public X509Certificate2 B { get; } = TestCertificates.SelfSigned("mallory");

    /// <summary>A': another certificate over A's key.</summary>
    public X509Certificate2 Renewed { get; }

    /// <summary>A2: in nothing one reads different from A, and over another key.</summary>
    public X509Certificate2 Lookalike { get; }

    /// <summary>A certificate authority with clients.</summary>
    public TestCertificateAuthority Authority { get; } = new();

    /// <summary>A client of the authority.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>Issued by <see cref="Leaf"/>, so that a client appends that one to its chain.</summary>
    public X509Certificate2 ChildOfLeaf { get; }

    /// <summary>A certificate that is over.</summary>
    public X509Certificate2 Expired { get; } = TestCertificates.Expired("alice");

    /// <summary>A certificate with a thousand names. A session with a still bigger one fits into no ticket, and is never resumed.</summary>
    public X509Certificate2 Large { get; } = TestCertificates.Large("alice", names: 1_000, fillerBytes: 20_000);

    /// <summary>A certificate of 80 KB; from 100 KB on the TLS library gives up.</summary>
    public X509Certificate2 Huge { get; } = TestCertificates.Large("alice", names: 2_000, fillerBytes: 30_000);

    /// <summary>A certificate with a big key.</summary>
    public X509Certificate2 BigKey { get; } = TestCertificates.Rsa("alice", keyBits: 4096);

    /// <summary>The cookie of carol, who signed in with a password.</summary>
    public string Cookie { get; set; } = "";

    /// <summary>The trusted issuer, signing with ES256.</summary>
    public TestTokenIssuer Issuer { get; } = new();

    /// <summary>The same issuer's other key: RS256.</summary>
    public TestTokenIssuer RsaIssuer { get; } = new(TestSigningKey.RS256());

    /// <summary>Says it is the trusted issuer and has another key.</summary>
    public TestTokenIssuer Attacker { get; } = new();

    /// <summary>The resource server's decryption key. It has one, so that a JWE is not refused for the lack of it.</summary>
    public TestEncryptionKey Encryption { get; } = new();

    /// <summary>Where hostile URLs point; nobody may connect.</summary>
    public RecordingListener Recorder { get; } = new();

    /// <summary>Mints what is derived from A.</summary>
    public HostileContext()
    {
        Renewed = TestCertificates.RenewedWithSameKey(A);
        Lookalike = TestCertificates.SameSubjectAndSerialOtherKey(A);
        Leaf = Authority.IssueClient("leaf");
        ChildOfLeaf = TestCertificates.ChildOf(Leaf);
    }

    /// <summary>T(A).</summary>
    public string GoodToken() => Issuer.BoundTo(A);

    /// <summary>A with T(A): passes.</summary>
    public RequestShape Good() => Bearer(GoodToken());

    /// <summary>A with this token under <c>Bearer</c>.</summary>
    public RequestShape Bearer(string token) =>
        Line($"Authorization: Bearer {token}", token.Length > 100 ? [token] : []);

    /// <summary>A with this header line.</summary>
    public RequestShape Line(string headerLine, params string[] secrets) => new(A, headerLine) { Secrets = secrets };

    /// <summary>Makes a JwtBearer scheme accept the tokens of both keys, signed or signed and encrypted.</summary>
    public void Configure(JwtBearerOptions options)
    {
        Issuer.Configure(options);
        options.Configuration!.SigningKeys.Add(RsaIssuer.Key.PublicSecurityKey());
        options.TokenValidationParameters.TokenDecryptionKey = Encryption.PrivateSecurityKey();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Renewed.Dispose();
        Lookalike.Dispose();
        Leaf.Dispose();
        ChildOfLeaf.Dispose();
        Authority.Dispose();
        Expired.Dispose();
        Large.Dispose();
        Huge.Dispose();
        BigKey.Dispose();
        Issuer.Dispose();
        RsaIssuer.Dispose();
        Attacker.Dispose();
        Encryption.Dispose();
        Recorder.Dispose();
    }
}
