using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement;

/// <summary>Whether an endpoint does less than the rest of the host. Looked for once, and again when endpoints come or go.</summary>
internal sealed class EndpointStatus(EndpointDataSource? endpoints = null, IAuthorizationPolicyProvider? policies = null)
{
    private const string UnknownScheme = "?";

    private volatile Snapshot? _latest;

    /// <param name="names">The schemes that count; none for all.</param>
    /// <param name="concerns">The endpoints that count.</param>
    internal async ValueTask<string?> FindGapAsync(IReadOnlyCollection<string> names, Func<Endpoint, bool> concerns)
    {
        if (endpoints is null)
        {
            return null;
        }

        var latest = _latest;
        if (latest is null || latest.Change.HasChanged)
        {
            _latest = latest = await LookAsync(endpoints).ConfigureAwait(false);
        }

        foreach (var endpoint in latest.Relaxed)
        {
            if (concerns(endpoint))
            {
                return $"endpoint '{endpoint.DisplayName}' accepts tokens that are not bound";
            }
        }

        foreach (var (endpoint, schemes) in names.Count == 0 ? [] : latest.NamingSchemes)
        {
            if (schemes.FirstOrDefault(scheme => !names.Contains(scheme)) is { } other && concerns(endpoint))
            {
                return $"endpoint '{endpoint.DisplayName}' authenticates by scheme '{other}', which Schemes does not name";
            }
        }

        return null;
    }

    private async Task<Snapshot> LookAsync(EndpointDataSource source)
    {
        // The token first: what changes in between is then noticed the next time.
        var change = source.GetChangeToken();
        var relaxed = new List<Endpoint>();
        var choosy = new List<(Endpoint, IReadOnlyList<string>)>();
        foreach (var endpoint in source.Endpoints.Where(static endpoint => endpoint.Metadata.GetMetadata<ResourceMetadataEndpoint>() is null))
        {
            if (EndpointRequirement.Of(endpoint, BindingRequirement.Required) != BindingRequirement.Required)
            {
                relaxed.Add(endpoint);
            }

            if (await SchemesOfAsync(endpoint).ConfigureAwait(false) is { Count: > 0 } schemes)
            {
                choosy.Add((endpoint, schemes));
            }
        }

        return new Snapshot(change, relaxed, choosy);
    }

    // As the authorization middleware does.
    private async Task<IReadOnlyList<string>?> SchemesOfAsync(Endpoint endpoint)
    {
        try
        {
            return policies is null
                ? null
                : (await AuthorizationPolicy.CombineAsync(
                    policies, endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>()).ConfigureAwait(false))?.AuthenticationSchemes;
        }
        catch (InvalidOperationException)
        {
            // A policy that does not exist (yet). Such an endpoint rejects every request, and is no reason to distrust the others.
            return [UnknownScheme];
        }
    }

    private sealed record Snapshot(IChangeToken Change, List<Endpoint> Relaxed, List<(Endpoint Endpoint, IReadOnlyList<string> Schemes)> NamingSchemes);
}
