using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement;

/// <summary>The endpoints that accept tokens without a binding. Looked for once, and again when endpoints come or go.</summary>
internal sealed class RelaxedEndpoints(EndpointDataSource? endpoints = null)
{
    private volatile Snapshot? _latest;

    /// <param name="concerns">The endpoints that count.</param>
    internal string? WhyNot(Func<Endpoint, bool> concerns)
    {
        foreach (var endpoint in Current())
        {
            if (concerns(endpoint))
            {
                return $"endpoint '{endpoint.DisplayName}' accepts tokens that are not bound";
            }
        }

        return null;
    }

    private Endpoint[] Current()
    {
        if (endpoints is null)
        {
            return [];
        }

        var latest = _latest;
        if (latest is null || latest.Change.HasChanged)
        {
            // The token first: what changes in between is then noticed the next time.
            var change = endpoints.GetChangeToken();
            _latest = latest = new Snapshot(change, [.. endpoints.Endpoints.Where(IsRelaxed)]);
        }

        return latest.Relaxed;
    }

    private static bool IsRelaxed(Endpoint endpoint) =>
        EndpointRequirement.Of(endpoint, BindingRequirement.Required) != BindingRequirement.Required;

    private sealed record Snapshot(IChangeToken Change, Endpoint[] Relaxed);
}
