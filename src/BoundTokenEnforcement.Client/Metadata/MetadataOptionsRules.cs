using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>What is wrong with <see cref="MetadataDiscoveryOptions"/>, wherever they stand.</summary>
internal static class MetadataOptionsRules
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestFailure = TimeSpan.FromMinutes(5);

    internal static IEnumerable<string> Faults(MetadataDiscoveryOptions options)
    {
        if (options.SigningKeys.Count > 0 && string.IsNullOrEmpty(options.Issuer))
        {
            yield return $"Metadata.{nameof(options.Issuer)} must be set together with {nameof(options.SigningKeys)}.";
        }

        if (options.SigningKeys.Any(static key => key is SymmetricSecurityKey or JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.Octet }))
        {
            yield return $"Metadata.{nameof(options.SigningKeys)} contains a symmetric key: a party that verifies with it can also sign.";
        }

        if (options.MinLifetime < Shortest || options.MaxLifetime > Longest || options.MinLifetime > options.MaxLifetime)
        {
            yield return $"Metadata.{nameof(options.MinLifetime)} and {nameof(options.MaxLifetime)} must lie between 1 second and 1 day, in this order.";
        }

        if (options.FailureLifetime < Shortest || options.FailureLifetime > LongestFailure)
        {
            yield return $"Metadata.{nameof(options.FailureLifetime)} must lie between 1 second and 5 minutes.";
        }
    }
}
