using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BoundTokenEnforcement;

/// <summary>Looks at the endpoints and what they demand.</summary>
internal sealed class EndpointAudit(EnforcementPolicy policy, IEnumerable<EndpointDataSource> sources, IAuthorizationPolicyProvider? authorization = null)
{
    private const int MostNames = 12;

    internal async Task<IReadOnlyList<AuditedEndpoints>> RunAsync(AuditFaults faults)
    {
        var options = policy.Current;
        var byDefault = authorization is not null && await authorization.GetFallbackPolicyAsync().ConfigureAwait(false) is not null;
        var endpoints = sources.SelectMany(static source => source.Endpoints).ToList();

        faults.AddRange(endpoints.Where(IsContradictory).Select(static endpoint =>
            $"Endpoint '{NameOf(endpoint)}' demands a bound token and at the same time allows unbound tokens or everybody. Keep one."));

        return
        [
            .. endpoints
                .GroupBy(endpoint => DemandOf(endpoint, options, byDefault))
                .OrderBy(static group => group.Key, StringComparer.Ordinal)
                .Select(static group => new AuditedEndpoints(group.Key, Cut([.. group.Select(NameOf).Distinct()]))),
        ];
    }

    private static bool IsContradictory(Endpoint endpoint) =>
        EndpointRequirement.Demands(endpoint)
        && (endpoint.Metadata.GetMetadata<AllowUnboundTokenAttribute>() is not null || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null);

    private static string DemandOf(Endpoint endpoint, BoundTokenEnforcementOptions options, bool authorizedByDefault)
    {
        if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            || (!authorizedByDefault && endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<AuthorizationPolicy>() is null))
        {
            return "open to all";
        }

        return EndpointRequirement.Of(endpoint, options.Requirement) == BindingRequirement.Required ? "bound token" : "bound if bound";
    }

    private static string NameOf(Endpoint endpoint)
    {
        var name = (endpoint as RouteEndpoint)?.RoutePattern.RawText ?? endpoint.DisplayName ?? "?";
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods;
        return methods is { Count: > 0 } ? $"{string.Join('|', methods)} {name}" : name;
    }

    private static string[] Cut(string[] names) =>
        names.Length <= MostNames ? names : [.. names[..MostNames], $"and {names.Length - MostNames} more"];
}
