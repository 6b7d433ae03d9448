using System.IdentityModel.Tokens.Jwt;
using System.Runtime.CompilerServices;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Which keys a token is tried with. JwtBearer tries all of them where it does not know the name, which makes a token with an invented one cost as many
/// signatures as there are keys. Its own switch against that also refuses tokens that name no key.
/// </summary>
internal static class KeyIdResolver
{
    // What is returned for a key, kept as long as the key.
    private static readonly ConditionalWeakTable<SecurityKey, SecurityKey[]> Alone = [];

    internal static void ApplyTo(TokenValidationParameters parameters)
    {
        if (parameters is { TryAllIssuerSigningKeys: true, IssuerSigningKeyResolver: null, IssuerSigningKeyResolverUsingConfiguration: null })
        {
            parameters.TryAllIssuerSigningKeys = false;
            parameters.IssuerSigningKeyResolverUsingConfiguration = Resolve;
        }
    }

    internal static bool IsAppliedTo(TokenValidationParameters parameters) => parameters.IssuerSigningKeyResolverUsingConfiguration == Resolve;

    private static IEnumerable<SecurityKey> Resolve(
        string token, SecurityToken securityToken, string? name, TokenValidationParameters parameters, BaseConfiguration? configuration)
    {
        // The library asks only us where both are set. One that the application has set since then would have no effect, and may accept fewer keys.
        if (parameters.IssuerSigningKeyResolver is { } application)
        {
            return application(token, securityToken, name, parameters) ?? [];
        }

        var thumbprint = ThumbprintIn(securityToken);
        if (configuration?.SigningKeys is List<SecurityKey> published && Find(published, name, thumbprint) is { } key)
        {
            return Alone.GetValue(key, static key => [key]);
        }

        return Search(configuration?.SigningKeys ?? [], name, thumbprint, parameters);
    }

    // In this way, and not by LINQ, because each accepted token passes here.
    private static SecurityKey? Find(List<SecurityKey> keys, string? name, string? thumbprint)
    {
        foreach (var key in keys)
        {
            if (IsMeant(key, name, thumbprint))
            {
                return key;
            }
        }

        return null;
    }

    private static IEnumerable<SecurityKey> Search(IEnumerable<SecurityKey> fetched, string? name, string? thumbprint, TokenValidationParameters parameters)
    {
        if (fetched.Concat(Own(parameters)).FirstOrDefault(key => IsMeant(key, name, thumbprint)) is { } meant)
        {
            return [meant];
        }

        return string.IsNullOrEmpty(name)
            ? fetched.Concat(Own(parameters))
            : fetched.Where(static key => string.IsNullOrEmpty(key.KeyId)).Concat(Own(parameters));
    }

    // What the application has put there itself is little, and meant.
    private static IEnumerable<SecurityKey> Own(TokenValidationParameters parameters)
    {
        var others = parameters.IssuerSigningKeys?.OfType<SecurityKey>() ?? [];
        return parameters.IssuerSigningKey is { } key ? others.Prepend(key) : others;
    }

    // As the token library compares.
    private static bool IsMeant(SecurityKey key, string? name, string? thumbprint) => key is X509SecurityKey certificate
        ? Same(key.KeyId, name, StringComparison.OrdinalIgnoreCase) || Same(certificate.X5t, thumbprint, StringComparison.OrdinalIgnoreCase)
        : Same(key.KeyId, name, StringComparison.Ordinal) || Same(key.KeyId, thumbprint, StringComparison.Ordinal);

    private static bool Same(string? ofKey, string? ofToken, StringComparison comparison) =>
        !string.IsNullOrEmpty(ofKey) && string.Equals(ofKey, ofToken, comparison);

    private static string? ThumbprintIn(SecurityToken token) => token switch
    {
        JsonWebToken jwt => jwt.X5t,
        JwtSecurityToken jwt => jwt.Header.X5t,
        _ => null,
    };
}
