using System.Buffers;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once, so that a host that does not start says all that is wrong.</summary>
internal sealed class ProtectedResourceMetadataOptionsValidator : IValidateOptions<ProtectedResourceMetadataOptions>
{
    private static readonly TimeSpan LongestMaxAge = TimeSpan.FromDays(1);

    // RFC 6749 §3.3: NQCHAR.
    private static readonly SearchValues<char> ScopeCharacters =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(static c => (char)c).Where(static c => c is not ('"' or '\\'))]);

    public ValidateOptionsResult Validate(string? name, ProtectedResourceMetadataOptions options)
    {
        var faults = Faults(options).Concat(MetadataMemberFaults.Of(options))
            .Select(fault => $"{ProtectedResourceMetadataOptions.PathOf(name, fault.Option)} {fault.Text}.")
            .ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<(string Option, string Text)> Faults(ProtectedResourceMetadataOptions options)
    {
        if (!ResourceIdentifier.TryParse(options.Resource, out var resource))
        {
            yield return (nameof(options.Resource), "must be an https URL without fragment, user information or blanks (RFC 9728 §1.2)");
        }
        else if (resource.HasTerminatingPathSlash)
        {
            yield return (nameof(options.Resource), "must not end in a slash behind its path: clients disagree on where its metadata then is");
        }

        if (options.AuthorizationServers.Count == 0)
        {
            yield return (nameof(options.AuthorizationServers), "must name at least one authorization server");
        }

        foreach (var issuer in options.AuthorizationServers)
        {
            if (!IssuerIdentifier.TryParse(issuer, out _))
            {
                yield return (nameof(options.AuthorizationServers), $"contains '{issuer}'; an issuer is an https URL without query and fragment (RFC 8414 §2)");
            }
        }

        if (options.ScopesSupported.Any(static scope => string.IsNullOrEmpty(scope) || scope.AsSpan().ContainsAnyExcept(ScopeCharacters)))
        {
            yield return (nameof(options.ScopesSupported), "contains what is no single scope (RFC 6749 §3.3)");
        }

        if (options.Schemes.Any(string.IsNullOrWhiteSpace))
        {
            yield return (nameof(options.Schemes), "contains an empty name");
        }

        if (options.MaxAge < TimeSpan.Zero || options.MaxAge > LongestMaxAge)
        {
            yield return (nameof(options.MaxAge), "must lie between 0 and 1 day");
        }

        if (options.Signing?.Fault() is { } fault)
        {
            yield return (nameof(options.SignMetadata), fault);
        }
    }
}
