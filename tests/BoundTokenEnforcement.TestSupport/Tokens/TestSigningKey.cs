using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>A key an issuer signs with, and its public half in every form an attacker might hold it.</summary>
public sealed class TestSigningKey : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private TestSigningKey(AsymmetricAlgorithm key, string algorithm)
    {
        _key = key;
        Algorithm = algorithm;
        KeyId = $"{algorithm}-{Guid.NewGuid():N}"[..14];
    }

    /// <summary>The JWS algorithm.</summary>
    public string Algorithm { get; }

    /// <summary>The <c>kid</c>.</summary>
    public string KeyId { get; }

    /// <summary>A new ECDSA P-256 key.</summary>
    public static TestSigningKey ES256() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256), "ES256");

    /// <summary>A new RSA 2048 key.</summary>
    public static TestSigningKey RS256() => new(RSA.Create(2048), "RS256");

    /// <summary>The raw JWS signature.</summary>
    public byte[] Sign(byte[] data) => _key switch
    {
        ECDsa ecdsa => ecdsa.SignData(data, HashAlgorithmName.SHA256),
        _ => ((RSA)_key).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
    };

    /// <summary>The signature as a DER sequence, which JWS does not allow (RFC 7518 §3.4).</summary>
    public byte[] SignAsDer(byte[] data) => ((ECDsa)_key).SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>The signature over another hash, for an algorithm that the key is not for.</summary>
    public byte[] SignWith(HashAlgorithmName hash, byte[] data) => _key switch
    {
        ECDsa ecdsa => ecdsa.SignData(data, hash),
        _ => ((RSA)_key).SignData(data, hash, RSASignaturePadding.Pkcs1),
    };

    /// <summary>SubjectPublicKeyInfo as DER.</summary>
    public byte[] PublicDer() => _key.ExportSubjectPublicKeyInfo();

    /// <summary>SubjectPublicKeyInfo as PEM.</summary>
    public string PublicPem() => _key.ExportSubjectPublicKeyInfoPem();

    /// <summary>The PKCS#1 public key; RSA only.</summary>
    public byte[] PublicPkcs1() => ((RSA)_key).ExportRSAPublicKey();

    /// <summary>The public key as the JWK set shows it.</summary>
    public JsonObject PublicJwk()
    {
        var jwk = new JsonObject();
        if (_key is ECDsa ecdsa)
        {
            var point = ecdsa.ExportParameters(false).Q;
            jwk["kty"] = "EC";
            jwk["crv"] = "P-256";
            jwk["x"] = Base64Url.EncodeToString(point.X);
            jwk["y"] = Base64Url.EncodeToString(point.Y);
        }
        else
        {
            var numbers = ((RSA)_key).ExportParameters(false);
            jwk["kty"] = "RSA";
            jwk["n"] = Base64Url.EncodeToString(numbers.Modulus);
            jwk["e"] = Base64Url.EncodeToString(numbers.Exponent);
        }

        jwk["use"] = "sig";
        jwk["alg"] = Algorithm;
        jwk["kid"] = KeyId;
        return jwk;
    }

    /// <summary>The public key for a validator.</summary>
    public SecurityKey PublicSecurityKey() => new JsonWebKey(PublicJwk().ToJsonString());

    /// <inheritdoc />
    public void Dispose() => _key.Dispose();
}
