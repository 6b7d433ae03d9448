using System.IdentityModel.Tokens.Jwt;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Two rules about the header of a token that the token library leaves out.</summary>
internal static class JwtHeaderValidator
{
    private const string CriticalHeader = "crit";

    /// <returns><see langword="false"/> for a header that demands an extension that this library does not process, or whose algorithm does not fit the key.</returns>
    internal static bool IsValid(SecurityToken? token) => token switch
    {
        JsonWebToken { InnerToken: { } signed } jwt => NothingIsCritical(jwt) && IsValid(signed),
        JsonWebToken jwt => NothingIsCritical(jwt) && AlgorithmFitsKey(jwt.Alg, jwt.SigningKey),
        JwtSecurityToken { InnerToken: { } signed } jwt => NothingIsCritical(jwt) && IsValid(signed),
        JwtSecurityToken jwt => NothingIsCritical(jwt) && AlgorithmFitsKey(jwt.SignatureAlgorithm, jwt.SigningKey),
        // No token, or an unknown type: rejected for that reason elsewhere.
        _ => true,
    };

    // RFC 7515 §4.1.11: who does not understand what is critical must not accept the token. Nothing is understood here.
    private static bool NothingIsCritical(JsonWebToken jwt) => !jwt.TryGetHeaderValue<object>(CriticalHeader, out _);

    private static bool NothingIsCritical(JwtSecurityToken jwt) => !jwt.Header.ContainsKey(CriticalHeader);

    // RFC 7518 §3.4: each of the three belongs to one curve. Where the application verifies signatures itself there is no key, and a custom key type need not
    // report a size: an unknown size is not a violation.
    internal static bool AlgorithmFitsKey(string algorithm, SecurityKey? key) => key is not (ECDsaSecurityKey or JsonWebKey or X509SecurityKey) || algorithm switch
    {
        SecurityAlgorithms.EcdsaSha256 => key.KeySize == 256,
        SecurityAlgorithms.EcdsaSha384 => key.KeySize == 384,
        SecurityAlgorithms.EcdsaSha512 => key.KeySize is 521 or 528, // A JSON web key counts whole bytes.
        _ => true,
    };
}
