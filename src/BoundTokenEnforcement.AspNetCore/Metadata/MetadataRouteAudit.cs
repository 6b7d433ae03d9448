using Microsoft.AspNetCore.Routing;

namespace BoundTokenEnforcement;

/// <summary>Checks that the documents are served, and by one endpoint only. Call it once all endpoints are mapped.</summary>
internal sealed class MetadataRouteAudit(PublishedMetadata metadata, EndpointDataSource? endpoints = null)
{
    /// <summary>Every fault with the call to change.</summary>
    internal IReadOnlyList<string> Faults()
    {
        var routes = endpoints?.Endpoints.OfType<RouteEndpoint>().ToList() ?? [];
        return routes.Exists(IsOurs)
            ? [.. metadata.Resources.SelectMany(resource => Faults(resource, routes))]
            : ["AddProtectedResourceMetadata() was called, but not app.MapProtectedResourceMetadata(): every challenge would lead nowhere."];
    }

    private static IEnumerable<string> Faults(PublishedResource resource, List<RouteEndpoint> routes)
    {
        var here = routes.FindAll(route => RoutePatternScope.Matches(route.RoutePattern, resource.MetadataPath));
        var ours = here.FindAll(IsOurs);
        if (ours.Count == 0)
        {
            yield return $"Nothing serves the metadata of {resource.Identifier}: call app.MapProtectedResourceMetadata() on the application, not on a group.";
            yield break;
        }

        if (ours.Count > 1)
        {
            yield return $"The metadata of {resource.Identifier} is served twice, which routing answers with an error: call app.MapProtectedResourceMetadata() once.";
        }

        foreach (var other in here.Where(route => !IsOurs(route) && !ComesAfter(route, ours[0])))
        {
            yield return $"Endpoint '{other.DisplayName ?? other.RoutePattern.RawText}' answers at {resource.Target} in place of the metadata of {resource.Identifier}. Remove it, or do not call app.MapProtectedResourceMetadata().";
        }
    }

    private static bool IsOurs(RouteEndpoint route) => route.Metadata.GetMetadata<ResourceMetadataEndpoint>() is not null;

    // As routing chooses: by order, then the more exact pattern.
    private static bool ComesAfter(RouteEndpoint other, RouteEndpoint ours) =>
        other.Order > ours.Order || (other.Order == ours.Order && other.RoutePattern.InboundPrecedence > ours.RoutePattern.InboundPrecedence);
}
