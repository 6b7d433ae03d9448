using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once.</summary>
internal sealed class BoundTokenGuardOptionsValidator : IValidateOptions<BoundTokenGuardOptions>
{
    public ValidateOptionsResult Validate(string? name, BoundTokenGuardOptions options)
    {
        var faults = Faults(options).Concat(MetadataOptionsRules.Faults(options.Metadata)).Concat(options.Connections.Faults()).ToList();
        if (ServerTrust.TryCopy(options.ServerCertificateChainPolicy, out var trust) is { } fault)
        {
            faults.Add(fault);
        }

        if (CertificateCopies.TryCopy(options.ClientCertificateChain, nameof(options.ClientCertificateChain), out var chain) is { } chainFault)
        {
            faults.Add(chainFault);
        }

        (options.Trust, options.CopiedChain) = (trust, chain);
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
