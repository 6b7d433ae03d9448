using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>What was found out about a token when it was validated. Never handed out itself: each request gets copies.</summary>
internal sealed class RememberedIdentity
{
    // Rounded up from what a test measures on 64 bits: the cache's own entry and its expiration, and this object with its identity.
    private const int BytesOfAnEntry = 1024;
    private const int BytesOfAClaim = 208;
    private const int BytesOfAString = 24;

    private readonly CaseSensitiveClaimsIdentity _identity;

    private RememberedIdentity(CaseSensitiveClaimsIdentity identity) => _identity = identity;

    internal required Confirmation Confirmation { get; init; }

    internal required string Issuer { get; init; }

    internal required SecurityKey SigningKey { get; init; }

    internal required string Algorithm { get; init; }

    internal required DateTime NotBefore { get; init; }

    internal required DateTime Expires { get; init; }

    /// <summary>When the ticket was issued, as JwtBearer said.</summary>
    internal required DateTimeOffset? IssuedUtc { get; init; }

    /// <summary>When the ticket expires, as JwtBearer said.</summary>
    internal required DateTimeOffset? ExpiresUtc { get; init; }

    /// <summary>What it takes in memory, at most. Strings that claims share are counted for each.</summary>
    internal required long Bytes { get; init; }

    /// <param name="validated">The identity, which stays the request's own.</param>
    /// <param name="token">The token that it was made of.</param>
    /// <param name="confirmation">What the token is bound to.</param>
    /// <param name="properties">What JwtBearer noted about the ticket.</param>
    internal static RememberedIdentity Of(ClaimsIdentity validated, JsonWebToken token, Confirmation confirmation, AuthenticationProperties properties) => new(new CaseSensitiveClaimsIdentity(validated))
    {
        Confirmation = confirmation,
        Issuer = token.Issuer,
        SigningKey = token.SigningKey,
        Algorithm = token.Alg,
        NotBefore = token.ValidFrom,
        Expires = token.ValidTo,
        IssuedUtc = properties.IssuedUtc,
        ExpiresUtc = properties.ExpiresUtc,
        // Of the request's own claims: the first look at the properties of a claim makes a dictionary, which each copy would have too.
        Bytes = BytesOfAnEntry + validated.Claims.Sum(static claim => BytesOf(claim)),
    };

    /// <summary>The token library's own answer about the lifetime, by the clock of now.</summary>
    internal bool IsWithinLifetime(TokenValidationParameters parameters)
    {
        try
        {
            Validators.ValidateLifetime(NotBefore == DateTime.MinValue ? null : NotBefore, Expires, securityToken: null, parameters);
            return true;
        }
        catch (SecurityTokenException)
        {
            // The token is validated once more, and refused by the library with its own message.
            return false;
        }
    }

    /// <summary>Whether the cryptography, which may be the application's, still takes the algorithm. The signature itself is not verified again.</summary>
    internal bool IsSupported(TokenValidationParameters parameters)
    {
        try
        {
            return (parameters.CryptoProviderFactory ?? SigningKey.CryptoProviderFactory).IsSupportedAlgorithm(Algorithm, SigningKey);
        }
#pragma warning disable CA1031 // The token is validated once more, and the token library decides what that means.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    /// <summary>A principal that shares nothing that can be changed with that of another request, and has no token, which could be changed.</summary>
    internal ClaimsPrincipal ToPrincipal() => new(new CaseSensitiveClaimsIdentity(_identity));

    private static long BytesOf(Claim claim) => BytesOfAClaim
        + BytesOf(claim.Type) + BytesOf(claim.Value) + BytesOf(claim.ValueType)
        + claim.Properties.Sum(static property => BytesOfAClaim + BytesOf(property.Key) + BytesOf(property.Value));

    private static long BytesOf(string text) => BytesOfAString + (sizeof(char) * (long)text.Length);
}
