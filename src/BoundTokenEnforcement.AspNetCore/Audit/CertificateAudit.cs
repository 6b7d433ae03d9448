using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Certificate;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BoundTokenEnforcement;

/// <summary>Looks at schemes of <c>AddCertificate()</c>: where they let in without a token, and where they cost more than they need to.</summary>
internal sealed class CertificateAudit(
    EnforcementPolicy policy,
    IAuthenticationSchemeProvider schemes,
    IEnumerable<EndpointDataSource> sources,
    IAuthorizationPolicyProvider? authorization = null,
    ICertificateValidationCache? cache = null)
{
    internal async Task<IReadOnlyList<string>> WarningsAsync()
    {
        var names = (await schemes.GetAllSchemesAsync().ConfigureAwait(false))
            .Where(static scheme => scheme.HandlerType.FullName == SchemeKinds.CertificateHandler)
            .Select(static scheme => scheme.Name)
            .ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
        {
            return [];
        }

        var warnings = new List<string>();
        if (policy.Current.CertificateAuthenticationScheme is { } judge && names.Contains(judge) && cache is null)
        {
            warnings.Add($"Scheme '{judge}' (AddCertificate) builds and checks the chain of each request's certificate anew. Call AddCertificateCache(), and read what it remembers.");
        }

        if ((await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false))?.Name is { } first && names.Contains(first))
        {
            warnings.Add($"Scheme '{first}' (AddCertificate) is the default: where no scheme is named, a certificate gets in without any token. Make the scheme of the tokens the default, or call RequireBoundToken().");
        }

        foreach (var endpoint in sources.SelectMany(static source => source.Endpoints))
        {
            if (!EndpointRequirement.Demands(endpoint) && await FindAsync(endpoint, names).ConfigureAwait(false) is { } scheme)
            {
                warnings.Add($"The policy of endpoint '{endpoint.DisplayName}' names scheme '{scheme}' (AddCertificate): any of its schemes is enough, so that a certificate gets in without any token. Name the scheme of the tokens alone, or call RequireBoundToken().");
            }
        }

        return warnings;
    }

    private async ValueTask<string?> FindAsync(Endpoint endpoint, HashSet<string> names)
    {
        if (authorization is null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return null;
        }

        try
        {
            var combined = await AuthorizationPolicy.CombineAsync(
                authorization, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()).ConfigureAwait(false);
            return combined?.AuthenticationSchemes.FirstOrDefault(names.Contains);
        }
        catch (InvalidOperationException)
        {
            // A policy that does not exist: each request there fails, and says so.
            return null;
        }
    }
}
