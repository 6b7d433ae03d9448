using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Whether bound tokens are really enforced by this host, found out each time from what is configured and what was seen.</summary>
internal sealed class EnforcementStatus(EnforcementPolicy policy, SchemeStatus schemes, EndpointStatus endpoints, ClientCertificateAvailability arrival)
{
    /// <summary>The same of the whole host.</summary>
    internal ValueTask<string?> FindGapAsync() => FindGapAsync([], static _ => true);

    /// <summary>The first reason why the metadata must not say that bound tokens are enforced; <see langword="null"/> if there is none.</summary>
    /// <param name="names">The schemes that count; none for all.</param>
    /// <param name="concerns">The endpoints that count.</param>
    internal async ValueTask<string?> FindGapAsync(IReadOnlyCollection<string> names, Func<Endpoint, bool> concerns)
    {
        try
        {
            return FindGap(policy.Current)
                ?? await schemes.FindGapAsync(policy.Current, names).ConfigureAwait(false)
                ?? await endpoints.FindGapAsync(names, concerns).ConfigureAwait(false)
                ?? (policy.Effective.Forwarder is { Trust.NeedsCertificate: false } || arrival.CanArrive ? null : "no connection was asked for a client certificate yet");
        }
#pragma warning disable CA1031 // Schemes and endpoints are foreign code. The metadata does not claim what is unknown.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return $"it cannot be found out ({e.GetType().Name}: {e.Message})";
        }
    }

    private static string? FindGap(BoundTokenEnforcementOptions options)
    {
        if (options.Requirement != BindingRequirement.Required)
        {
            return $"{BoundTokenEnforcementOptions.SectionName}:{nameof(options.Requirement)} accepts tokens that are not bound";
        }

        return options.Mode == EnforcementMode.Enforce ? null : $"{BoundTokenEnforcementOptions.SectionName}:{nameof(options.Mode)} lets refused tokens through";
    }
}
