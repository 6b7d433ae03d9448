using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once.</summary>
internal sealed class ProtectedResourceMetadataClientOptionsValidator : IValidateOptions<ProtectedResourceMetadataClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ProtectedResourceMetadataClientOptions options)
    {
        var faults = MetadataOptionsRules.Faults(options.Metadata).ToList();
        if (ServerTrust.TryCopy(options.ServerCertificateChainPolicy, out var trust) is { } fault)
        {
            faults.Add(fault);
        }

        if (CertificateCopies.TryCopy(options.ClientCertificateChain, nameof(options.ClientCertificateChain), out var chain) is { } chainFault)
        {
            faults.Add(chainFault);
        }

        (options.Trust, options.CopiedChain) = (trust, chain);
        if (options.ClientCertificate is not null && options.ClientCertificates is not null)
        {
            faults.Add($"Set {nameof(options.ClientCertificate)} or {nameof(options.ClientCertificates)}, not both.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
