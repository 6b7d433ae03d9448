using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>The <c>signed_metadata</c> of a document (RFC 9728 §2.2), for those who configured keys for it.</summary>
internal sealed class SignedMetadata
{
    // A party that can verify a MAC can also create one, and a public key cannot sign.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = ProtectedResourceMetadata.MaxDepth };

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = ProtectedResourceMetadata.MaxLength };
    private readonly TokenValidationParameters _parameters;
    private readonly TimeProvider _clock;

    private SignedMetadata(MetadataDiscoveryOptions options, TimeProvider clock)
    {
        _clock = clock;
        _parameters = new TokenValidationParameters
        {
            RequireSignedTokens = true,
            IssuerSigningKeys = [.. options.SigningKeys],
            TryAllIssuerSigningKeys = true,
            ValidAlgorithms = Algorithms,
            ValidIssuer = options.Issuer,

            // RFC 9728 names no audience.
            ValidateAudience = false,

            // By our clock, in RequireValidNow.
            ValidateLifetime = false,
        };
    }

    /// <summary><see langword="null"/> without keys: signed metadata is then ignored and proves nothing (D36).</summary>
    internal static SignedMetadata? Create(MetadataDiscoveryOptions options, TimeProvider clock) =>
        options.SigningKeys.Count == 0 ? null : new SignedMetadata(options, clock);

    /// <summary>
    /// The document that was signed, and when it ends. What is signed takes precedence, so nothing else is taken: what only stands beside it
    /// may have been written by an attacker.
    /// </summary>
    /// <exception cref="BoundTokenGuardException">It is missing, or any part of it does not hold (RFC 9728 §3.3).</exception>
    internal async ValueTask<(ProtectedResourceMetadata Document, DateTimeOffset? Expires)> VerifyAsync(ProtectedResourceMetadata plain)
    {
        if (plain.SignedMetadata is not { } compact)
        {
            throw Refused("there is none");
        }

        RequireUnderstoodHeader(compact);
        var result = await _handler.ValidateTokenAsync(compact, _parameters).ConfigureAwait(false);
        if (!result.IsValid)
        {
            throw Refused("its signature or its issuer does not hold", result.Exception);
        }

        var payload = Part(compact, 1);
        var expires = RequireValidNow(payload);
        if (!ProtectedResourceMetadata.TryParse(payload, out var document, out var fault))
        {
            throw Refused($"what is signed is not metadata ({fault})");
        }

        if (!document.Resource.Equals(plain.Resource))
        {
            throw Refused("what is signed is about another resource");
        }

        // RFC 9728 §2.2: it should not contain itself, and is best refused if it does.
        return document.SignedMetadata is null ? (document, expires) : throw Refused("it contains signed metadata itself");
    }

    private static void RequireUnderstoodHeader(string compact)
    {
        using var header = Read(Part(compact, 0));

        // RFC 7515 §4.1.11: extensions that are critical and not understood; we understand none.
        if (header.RootElement.ValueKind != JsonValueKind.Object || header.RootElement.TryGetProperty("crit", out _))
        {
            throw Refused("its header is not understood");
        }
    }

    private DateTimeOffset? RequireValidNow(byte[] payload)
    {
        using var claims = Read(payload);
        var now = _clock.GetUtcNow();
        var expires = Time(claims.RootElement, "exp");
        if (expires <= now || Time(claims.RootElement, "nbf") > now)
        {
            throw Refused("it is not valid now");
        }

        return expires;
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
        {
            return null;
        }

        // Up to the year 9999; a part of a second is cut off.
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 0 and < 253402300799 and var seconds
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : throw Refused($"its {name} is not a time");
    }

    private static byte[] Part(string compact, int index)
    {
        var parts = compact.Split('.');
        if (parts.Length != 3)
        {
            throw Refused("it is not a signed JWT");
        }

        var bytes = new byte[Base64Url.GetMaxDecodedLength(parts[index].Length)];
        return Base64Url.DecodeFromChars(parts[index], bytes, out _, out var written) == OperationStatus.Done ? bytes[..written] : throw Refused("it is not base64url");
    }

    private static JsonDocument Read(byte[] utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (JsonException e)
        {
            throw Refused("it is not strict JSON", e);
        }
    }

    private static BoundTokenGuardException Refused(string why, Exception? innerException = null) =>
        new(GuardFailure.MetadataSignatureInvalid, $"The signed metadata cannot be used: {why}.", innerException);
}
