using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once.</summary>
internal sealed class ProtectedResourceMetadataClientOptionsValidator : IValidateOptions<ProtectedResourceMetadataClientOptions>
{
    public ValidateOptionsResult Validate(string? name, ProtectedResourceMetadataClientOptions options)
    {
        var faults = MetadataOptionsRules.Faults(options.Metadata).ToList();
        faults.AddRange(options.TakeCopiesOf(options));
        if (options.ClientCertificate is not null && options.ClientCertificates is not null)
        {
            faults.Add($"Set {nameof(options.ClientCertificate)} or {nameof(options.ClientCertificates)}, not both.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
