using BoundTokenEnforcement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Publishes protected resource metadata.</summary>
public static class BoundTokenEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the documents of all calls of <see cref="ProtectedResourceMetadataServiceCollectionExtensions.AddProtectedResourceMetadata(IServiceCollection)"/> to everybody,
    /// each at the one URL that follows from its resource identifier
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-3.1">RFC 9728 §3.1</see>) and at no other spelling of it.
    /// </summary>
    /// <remarks>GET and HEAD, with an entity tag; OPTIONS; every other method is 405. Call it once, on the application and not on a group.</remarks>
    /// <param name="endpoints">The application.</param>
    /// <returns>The endpoint, for further conventions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException"><c>AddProtectedResourceMetadata</c> was not called.</exception>
    public static IEndpointConventionBuilder MapProtectedResourceMetadata(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        _ = endpoints.ServiceProvider.GetService<ResourceName>() ?? throw new InvalidOperationException(
            $"Call services.{nameof(ProtectedResourceMetadataServiceCollectionExtensions.AddProtectedResourceMetadata)}() before app.{nameof(MapProtectedResourceMetadata)}().");

        return endpoints.Map($"{MetadataEndpoint.WellKnown}/{{**path}}", (RequestDelegate)MetadataEndpoint.ServeAsync)
            .WithDisplayName("Protected resource metadata (RFC 9728)")
            .WithMetadata(ResourceMetadataEndpoint.Marker)
            .AllowAnonymous();
    }
}
