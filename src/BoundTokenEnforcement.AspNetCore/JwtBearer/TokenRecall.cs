using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>What one request found in the memory of validated identities; if that was nothing, what it may put there.</summary>
internal sealed class TokenRecall
{
    private readonly IdentityCache? _cache;
    private readonly ReadOnlyMemory<char> _token;
    private readonly CacheDigest _digest;
    private readonly ValidationGeneration? _generation;

    internal TokenRecall(RememberedIdentity remembered) => Remembered = remembered;

    internal TokenRecall(IdentityCache cache, ReadOnlyMemory<char> token, CacheDigest digest, ValidationGeneration generation) =>
        (_cache, _token, _digest, _generation) = (cache, token, digest, generation);

    internal RememberedIdentity? Remembered { get; }

    /// <summary>Remembers what JwtBearer has just found, before any code of the application sees it.</summary>
    internal void Remember(TokenValidatedContext validated)
    {
        var parameters = validated.Options.TokenValidationParameters;
        if (_generation is { } generation
            && validated is
            {
                // Of an encrypted token only the inner one has a key, and the cache keeps no token that does not expire.
                SecurityToken: JsonWebToken { SigningKey: { } key } jwt,
                Principal: { Identity: CaseSensitiveClaimsIdentity { Actor: null, BootstrapContext: null } identity } principal,
            }
            && jwt.GetType() == typeof(JsonWebToken)
            && identity.GetType() == typeof(CaseSensitiveClaimsIdentity)
            && principal.GetType() == typeof(ClaimsPrincipal)
            && principal.Identities.Count() == 1
            && _token.Span.SequenceEqual(jwt.EncodedToken)
            // It may have been changed since the look-up, and this be the answer of the change.
            && generation.Inputs!.AreThoseOf(validated.Options)
            && generation.Holds(key, parameters)
            && generation.Accepts(jwt.Issuer, parameters)
            // A certificate of a key can expire, which the library looks at.
            && !(parameters.ValidateIssuerSigningKey && key is X509SecurityKey))
        {
            _cache!.Set(_digest, RememberedIdentity.Of(identity, jwt, JwtConfirmation.Read(jwt), validated.Properties), generation.Ended);
        }
    }
}
