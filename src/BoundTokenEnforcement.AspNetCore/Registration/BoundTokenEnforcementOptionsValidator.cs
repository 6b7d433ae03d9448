using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>A number that has no name would be neither the strict nor the lenient choice. Limits that make no sense are none.</summary>
internal sealed class BoundTokenEnforcementOptionsValidator : IValidateOptions<BoundTokenEnforcementOptions>
{
    public ValidateOptionsResult Validate(string? name, BoundTokenEnforcementOptions options)
    {
        string[] faults =
        [
            .. FaultOf(nameof(options.Requirement), options.Requirement),
            .. FaultOf(nameof(options.Mode), options.Mode),
            .. FaultOf(nameof(options.Audit), options.Audit),
            .. SigningKeyOptionsFaults.Of(options.SigningKeys),
            .. ForwardedCertificateFaults.Of(options),
            .. AllowedCertificateFaults.Of(options),
            .. options is { MergeCertificatePrincipal: true, CertificateAuthenticationScheme: null }
                ? [$"{BoundTokenEnforcementOptions.SectionName}:{nameof(options.MergeCertificatePrincipal)} is set, and no scheme says who owns a certificate. Set {nameof(options.CertificateAuthenticationScheme)}."]
                : Array.Empty<string>(),
        ];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> FaultOf<T>(string option, T value)
        where T : struct, Enum =>
        Enum.IsDefined(value)
            ? []
            : [$"{BoundTokenEnforcementOptions.SectionName}:{option} is '{value}'; use {string.Join(" or ", Enum.GetNames<T>())}."];
}
