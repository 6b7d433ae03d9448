using System.Security.Claims;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>What was found out about a token when it was validated. Never handed out itself: each request gets copies.</summary>
internal sealed class RememberedIdentity(
    CaseSensitiveClaimsIdentity identity,
    Confirmation confirmation,
    string issuer,
    SecurityKey signingKey,
    DateTime notBefore,
    DateTime expires,
    DateTimeOffset? issuedUtc,
    DateTimeOffset? expiresUtc)
{
    // Rounded up from what a test measures on 64 bits: the cache's own entry and its expiration, and this object with its identity.
    private const int BytesOfAnEntry = 1024;
    private const int BytesOfAClaim = 208;
    private const int BytesOfAString = 24;

    internal Confirmation Confirmation => confirmation;

    internal string Issuer => issuer;

    internal SecurityKey SigningKey => signingKey;

    internal DateTime Expires => expires;

    /// <summary>When the ticket was issued, as JwtBearer said.</summary>
    internal DateTimeOffset? IssuedUtc => issuedUtc;

    /// <summary>When the ticket expires, as JwtBearer said.</summary>
    internal DateTimeOffset? ExpiresUtc => expiresUtc;

    /// <summary>What it takes in memory, at most. Strings that claims share are counted for each.</summary>
    internal long Bytes { get; } = BytesOfAnEntry + identity.Claims.Sum(static claim => BytesOf(claim));

    /// <summary>The token library's own answer about the lifetime, by the clock of now.</summary>
    internal bool IsWithinLifetime(TokenValidationParameters parameters)
    {
        try
        {
            Validators.ValidateLifetime(notBefore == DateTime.MinValue ? null : notBefore, expires, securityToken: null, parameters);
            return true;
        }
        catch (SecurityTokenException)
        {
            // The token is validated once more, and refused by the library with its own message.
            return false;
        }
    }

    /// <summary>A principal that shares nothing that can be changed with that of another request.</summary>
    internal ClaimsPrincipal ToPrincipal() => new(Copy(identity));

    /// <returns>A copy without the token, which could be changed.</returns>
    internal static CaseSensitiveClaimsIdentity Copy(ClaimsIdentity identity) => new(identity);

    private static long BytesOf(Claim claim) => BytesOfAClaim
        + BytesOf(claim.Type) + BytesOf(claim.Value) + BytesOf(claim.ValueType)
        + claim.Properties.Sum(static property => BytesOfAClaim + BytesOf(property.Key) + BytesOf(property.Value));

    private static long BytesOf(string text) => BytesOfAString + (sizeof(char) * (long)text.Length);
}
