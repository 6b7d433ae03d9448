using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once, so that a host that does not start says all that is wrong.</summary>
internal sealed class ProtectedResourceMetadataOptionsValidator : IValidateOptions<ProtectedResourceMetadataOptions>
{
    private static readonly TimeSpan LongestMaxAge = TimeSpan.FromDays(1);

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

        // What remains is judged by the document itself, which only has to be given something to stand on.
        if (resource is not null && DocumentFault(options, resource) is { } fault)
        {
            yield return fault;
        }
    }

    private static string? DocumentFault(ProtectedResourceMetadataOptions options, ResourceIdentifier resource)
    {
        try
        {
            _ = options.ToDocument(resource, boundTokensEnforced: false);
            return null;
        }
        catch (ArgumentException e)
        {
            return Fault(e.ParamName ?? "?", e.Message);
        }
    }

    private static string Fault(string option, string text) => $"{ProtectedResourceMetadataOptions.SectionName}:{option} {text}.";
}
