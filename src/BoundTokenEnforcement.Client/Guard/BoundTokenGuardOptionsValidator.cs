using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once.</summary>
internal sealed class BoundTokenGuardOptionsValidator : IValidateOptions<BoundTokenGuardOptions>
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan LongestFailure = TimeSpan.FromMinutes(5);

    public ValidateOptionsResult Validate(string? name, BoundTokenGuardOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(BoundTokenGuardOptions options)
    {
        if (!ResourceIdentifier.TryParse(options.Resource, out _))
        {
            yield return $"{nameof(options.Resource)} must be an https URL without fragment, user information or blanks (RFC 9728 §1.2).";
        }

        if (options.AllowedIssuers.Count == 0)
        {
            yield return $"{nameof(options.AllowedIssuers)} must name at least one issuer.";
        }

        foreach (var issuer in options.AllowedIssuers.Where(static issuer => !IssuerIdentifier.TryParse(issuer, out _)))
        {
            yield return $"{nameof(options.AllowedIssuers)} contains '{issuer}'; an issuer is an https URL without query and fragment (RFC 8414 §2).";
        }

        if (options.ClientCertificate is null == options.ClientCertificates is null)
        {
            yield return $"Set either {nameof(options.ClientCertificate)} or {nameof(options.ClientCertificates)}.";
        }

        if (options.MetadataSigningKeys.Count > 0 && string.IsNullOrEmpty(options.MetadataIssuer))
        {
            yield return $"{nameof(options.MetadataIssuer)} must be set together with {nameof(options.MetadataSigningKeys)}.";
        }

        if (options.MetadataMinLifetime < Shortest || options.MetadataMaxLifetime > Longest || options.MetadataMinLifetime > options.MetadataMaxLifetime)
        {
            yield return $"{nameof(options.MetadataMinLifetime)} and {nameof(options.MetadataMaxLifetime)} must lie between 1 second and 1 day, in this order.";
        }

        if (options.MetadataFailureLifetime < Shortest || options.MetadataFailureLifetime > LongestFailure)
        {
            yield return $"{nameof(options.MetadataFailureLifetime)} must lie between 1 second and 5 minutes.";
        }
    }
}
