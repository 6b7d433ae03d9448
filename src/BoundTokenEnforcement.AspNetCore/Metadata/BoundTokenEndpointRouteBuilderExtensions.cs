using BoundTokenEnforcement;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Publishes protected resource metadata.</summary>
public static class BoundTokenEndpointRouteBuilderExtensions
{
    private const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>
    /// Serves the document of <see cref="BoundTokenServiceCollectionExtensions.AddProtectedResourceMetadata(IServiceCollection)"/> to everybody,
    /// at the one URL that follows from the resource identifier
    /// (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-3.1">RFC 9728 §3.1</see>) and at no other spelling of it.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>The endpoint, for further conventions.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException"><c>AddProtectedResourceMetadata</c> was not called.</exception>
    public static IEndpointConventionBuilder MapProtectedResourceMetadata(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var metadata = endpoints.ServiceProvider.GetService<PublishedMetadata>() ?? throw new InvalidOperationException(
            $"Call services.{nameof(BoundTokenServiceCollectionExtensions.AddProtectedResourceMetadata)}() before app.{nameof(MapProtectedResourceMetadata)}().");

        metadata.IsMapped = true;
        return endpoints.MapMethods($"{WellKnown}/{{**path}}", [HttpMethods.Get, HttpMethods.Head], context => ServeAsync(context, metadata))
            .WithDisplayName("Protected resource metadata (RFC 9728)")
            .AllowAnonymous();
    }

    private static async Task ServeAsync(HttpContext context, PublishedMetadata metadata)
    {
        // Routing ignores case, a slash at the end and the query; two resources on one host may differ in just that.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!string.Equals(target, metadata.Resource.MetadataPath + metadata.Resource.MetadataQuery, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var document = await metadata.GetDocumentAsync();
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        context.Response.Headers.CacheControl = metadata.CacheControl;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        }
    }
}
