using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once, so that a host that does not start says all that is wrong.</summary>
internal sealed class ProtectedResourceMetadataOptionsValidator : IValidateOptions<ProtectedResourceMetadataOptions>
{
    private static readonly TimeSpan LongestMaxAge = TimeSpan.FromDays(1);
    private static readonly ResourceIdentifier AnyResource = ResourceIdentifier.Parse("https://resource.invalid");

    // The document itself judges its members. It stops at the first bad one, so each gets a document of its own.
    private static readonly Func<ProtectedResourceMetadataOptions, ProtectedResourceMetadata>[] Members =
    [
        o => new() { Resource = AnyResource, JwksUri = o.JwksUri },
        o => new() { Resource = AnyResource, ScopesSupported = [.. o.ScopesSupported] },
        o => new() { Resource = AnyResource, ResourceSigningAlgValuesSupported = [.. o.ResourceSigningAlgValuesSupported] },
        o => new() { Resource = AnyResource, ResourceName = o.ResourceName },
        o => new() { Resource = AnyResource, LocalizedResourceNames = o.LocalizedResourceNames.AsReadOnly() },
        o => new() { Resource = AnyResource, ResourceDocumentation = o.ResourceDocumentation },
        o => new() { Resource = AnyResource, LocalizedResourceDocumentation = o.LocalizedResourceDocumentation.AsReadOnly() },
        o => new() { Resource = AnyResource, ResourcePolicyUri = o.ResourcePolicyUri },
        o => new() { Resource = AnyResource, LocalizedResourcePolicyUris = o.LocalizedResourcePolicyUris.AsReadOnly() },
        o => new() { Resource = AnyResource, ResourceTosUri = o.ResourceTosUri },
        o => new() { Resource = AnyResource, LocalizedResourceTosUris = o.LocalizedResourceTosUris.AsReadOnly() },
        o => new() { Resource = AnyResource, AuthorizationDetailsTypesSupported = [.. o.AuthorizationDetailsTypesSupported] },
    ];

    public ValidateOptionsResult Validate(string? name, ProtectedResourceMetadataOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ProtectedResourceMetadataOptions options)
    {
        if (!ResourceIdentifier.TryParse(options.Resource, out var resource))
        {
            yield return Fault(nameof(options.Resource), "must be an https URL without fragment, user information or blanks (RFC 9728 §1.2)");
        }
        else if (resource.HasTerminatingPathSlash)
        {
            yield return Fault(nameof(options.Resource), "must not end in a slash behind its path: clients disagree on where its metadata then is");
        }

        if (options.AuthorizationServers.Count == 0)
        {
            yield return Fault(nameof(options.AuthorizationServers), "must name at least one authorization server");
        }

        foreach (var issuer in options.AuthorizationServers)
        {
            if (!IssuerIdentifier.TryParse(issuer, out _))
            {
                yield return Fault(nameof(options.AuthorizationServers), $"contains '{issuer}'; an issuer is an https URL without query and fragment (RFC 8414 §2)");
            }
        }

        if (options.MaxAge < TimeSpan.Zero || options.MaxAge > LongestMaxAge)
        {
            yield return Fault(nameof(options.MaxAge), "must lie between 0 and 1 day");
        }

        foreach (var member in Members)
        {
            if (MemberFault(options, member) is { } fault)
            {
                yield return fault;
            }
        }
    }

    private static string? MemberFault(ProtectedResourceMetadataOptions options, Func<ProtectedResourceMetadataOptions, ProtectedResourceMetadata> member)
    {
        try
        {
            _ = member(options);
            return null;
        }
        catch (ArgumentException e)
        {
            return Fault(e.ParamName ?? "?", e.Message);
        }
    }

    private static string Fault(string option, string text) => $"{ProtectedResourceMetadataOptions.SectionName}:{option} {text}.";
}
