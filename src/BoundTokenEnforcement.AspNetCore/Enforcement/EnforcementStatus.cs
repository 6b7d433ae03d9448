using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Whether bound tokens are really enforced by this host, found out each time from what is configured and what was seen.</summary>
internal sealed class EnforcementStatus(
    EnforcementPolicy policy,
    IAuthenticationSchemeProvider schemes,
    CertificateArrival arrival)
{
    /// <summary>The first reason why the metadata must not say that bound tokens are supported; <see langword="null"/> if there is none.</summary>
    internal async ValueTask<string?> WhyNotAsync()
    {
        if (policy.Current.Requirement != BindingRequirement.Required)
        {
            return $"{BoundTokenEnforcementOptions.SectionName}:{nameof(BoundTokenEnforcementOptions.Requirement)} accepts tokens that are not bound";
        }

        var all = (await schemes.GetAllSchemesAsync()).Where(scheme => scheme.HandlerType != typeof(PolicySchemeHandler)).ToList();
        if (all.Find(scheme => scheme.HandlerType != typeof(BoundJwtBearerHandler)) is { } unguarded)
        {
            return $"scheme '{unguarded.Name}' is not guarded";
        }

        if (all.Count == 0)
        {
            return "there is no authentication scheme";
        }

        return arrival.CanArrive ? null : "no connection was asked for a client certificate yet";
    }
}
