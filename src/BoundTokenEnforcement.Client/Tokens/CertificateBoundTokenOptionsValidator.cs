using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Finds every fault at once, a missing guard first of all.</summary>
internal sealed class CertificateBoundTokenOptionsValidator(
    IOptions<GuardedClients> guarded, IOptionsMonitor<BoundTokenGuardOptions> guards) : IValidateOptions<CertificateBoundTokenOptions>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public ValidateOptionsResult Validate(string? name, CertificateBoundTokenOptions options)
    {
        if (name is null || !guarded.Value.Names.Contains(name))
        {
            return ValidateOptionsResult.Fail(
                $"The HttpClient '{name}' has AddCertificateBoundTokens() without AddBoundTokenGuard(): nothing would keep its tokens from a server that accepts them from any sender. Add the guard to the client of this very name.");
        }

        var faults = Faults(options, guards.Get(name)).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(CertificateBoundTokenOptions options, BoundTokenGuardOptions guard)
    {
        if (!IssuerIdentifier.TryParse(options.Issuer, out _))
        {
            yield return $"{nameof(options.Issuer)} must be an https URL without query and fragment (RFC 8414 §2).";
        }
        else if (!guard.AllowedIssuers.Contains(options.Issuer))
        {
            yield return $"{nameof(options.Issuer)} is not one of the guard's {nameof(guard.AllowedIssuers)}.";
        }

        // RFC 6749 appendix A.1
        if (string.IsNullOrEmpty(options.ClientId) || options.ClientId.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            yield return $"{nameof(options.ClientId)} must be set, in printable ASCII.";
        }

        if (options.Scope is { } scope && !IsScope(scope))
        {
            yield return $"{nameof(options.Scope)} must be scopes of printable ASCII without quote and backslash, separated by single blanks (RFC 6749 §3.3).";
        }

        if (options.Resource is { } resource && !IsResourceIndicator(resource))
        {
            yield return $"{nameof(options.Resource)} must be an absolute URI without fragment (RFC 8707 §2).";
        }

        if (!Enum.IsDefined(options.Authentication))
        {
            yield return $"{nameof(options.Authentication)} is not one of the known methods.";
        }

        if (options.RenewalMargin < TimeSpan.Zero || options.RenewalMargin > 10 * Minute)
        {
            yield return $"{nameof(options.RenewalMargin)} must lie between 0 and 10 minutes.";
        }

        if (options.AttemptTimeout < TimeSpan.FromMilliseconds(100) || options.AttemptTimeout > Minute)
        {
            yield return $"{nameof(options.AttemptTimeout)} must lie between 100 milliseconds and 1 minute.";
        }

        if (options.TotalTimeout < options.AttemptTimeout || options.TotalTimeout > 5 * Minute)
        {
            yield return $"{nameof(options.TotalTimeout)} must lie between {nameof(options.AttemptTimeout)} and 5 minutes.";
        }

        if (options.MetadataLifetime < Second || options.MetadataLifetime > TimeSpan.FromDays(1))
        {
            yield return $"{nameof(options.MetadataLifetime)} must lie between 1 second and 1 day.";
        }

        if (options.FailureLifetime < Second || options.FailureLifetime > 5 * Minute)
        {
            yield return $"{nameof(options.FailureLifetime)} must lie between 1 second and 5 minutes.";
        }
    }

    // Some systems take a path for an absolute URI, and add a scheme that was not written.
    private static bool IsResourceIndicator(string resource) =>
        Uri.TryCreate(resource, UriKind.Absolute, out var uri)
        && resource.StartsWith($"{uri.Scheme}:", StringComparison.OrdinalIgnoreCase)
        && !resource.AsSpan().ContainsAnyExceptInRange('!', '~')
        && !resource.Contains('#', StringComparison.Ordinal);

    private static bool IsScope(string scope) =>
        scope.Split(' ').All(static one => one.Length > 0 && !one.AsSpan().ContainsAnyExceptInRange('!', '~') && one.AsSpan().IndexOfAny('"', '\\') < 0);
}
