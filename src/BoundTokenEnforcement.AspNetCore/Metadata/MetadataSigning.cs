using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Makes <c>signed_metadata</c> (RFC 9728 §2.2) out of a document.</summary>
internal sealed class MetadataSigning(SigningCredentials configured, string issuer)
{
    // The token library's cache finds signers by the public key. A key without its private half must not find the signer of another object.
    private readonly SigningCredentials _credentials = new(configured.Key, configured.Algorithm)
    {
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
    };

    // No RFC names a type. With a specific one, no verifier mistakes this JWT for a token of another kind by the same key (RFC 8725 §3.11).
    internal const string Type = "resource-metadata+jwt";

    private const int ShortestRsaKey = 2048;

    // Asymmetric only: who can check a MAC can also make one.
    private static readonly string[] Algorithms = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonWebTokenHandler _tokens = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Why nothing can be signed; <see langword="null"/> if it can. Tries it.</summary>
    internal string? Fault()
    {
        if (!Algorithms.Contains(_credentials.Algorithm, StringComparer.Ordinal))
        {
            return $"has algorithm '{_credentials.Algorithm}'; use one of {string.Join(", ", Algorithms)}";
        }

        if (!JwtHeaderValidator.AlgorithmFitsKey(_credentials.Algorithm, _credentials.Key))
        {
            return $"has a key of another curve than {_credentials.Algorithm} (RFC 7518 §3.4)";
        }

        if (!_credentials.Algorithm.StartsWith("ES", StringComparison.Ordinal) && _credentials.Key.KeySize < ShortestRsaKey)
        {
            return $"has a key of less than {ShortestRsaKey} bits (RFC 7518 §3.3)";
        }

        try
        {
            _ = Sign("{}");
            return null;
        }
#pragma warning disable CA1031 // Keys are foreign code: files, vaults, hardware.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"has a key that cannot sign {_credentials.Algorithm}: {e.Message}";
        }
    }

    /// <param name="document">The document without <c>signed_metadata</c>, exactly as it is published.</param>
    /// <param name="issuedAt">The time of signing.</param>
    internal string Sign(ReadOnlyMemory<byte> document, DateTimeOffset issuedAt)
    {
        using var members = JsonDocument.Parse(document);
        var claims = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(claims, Json))
        {
            json.WriteStartObject();
            json.WriteString(JwtRegisteredClaimNames.Iss, issuer);
            json.WriteNumber(JwtRegisteredClaimNames.Iat, issuedAt.ToUnixTimeSeconds());
            foreach (var member in members.RootElement.EnumerateObject())
            {
                member.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return Sign(Encoding.UTF8.GetString(claims.WrittenSpan));
    }

    private string Sign(string claims) =>
        _tokens.CreateToken(claims, _credentials, new Dictionary<string, object> { [JwtHeaderParameterNames.Typ] = Type });
}
