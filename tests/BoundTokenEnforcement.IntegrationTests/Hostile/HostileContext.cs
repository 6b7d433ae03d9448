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
        Issuer.Dispose();
        RsaIssuer.Dispose();
        Attacker.Dispose();
        Encryption.Dispose();
        Recorder.Dispose();
    }
}
