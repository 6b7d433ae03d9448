using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once.</summary>
internal sealed class BoundTokenGuardOptionsValidator : IValidateOptions<BoundTokenGuardOptions>
{
    public ValidateOptionsResult Validate(string? name, BoundTokenGuardOptions options)
    {
        var faults = new List<string>();
        var copy = options.Copy(faults);
        faults.InsertRange(0, [.. Faults(copy), .. MetadataOptionsRules.Faults(copy.Metadata), .. copy.Connections.Faults()]);
        options.Validated = copy;
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
    }
}
