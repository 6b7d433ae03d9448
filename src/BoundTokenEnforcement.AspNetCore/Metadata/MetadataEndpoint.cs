using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>Answers requests for the documents. Nothing of the request but its target, method and <c>If-None-Match</c> has a say.</summary>
internal static class MetadataEndpoint
{
    internal const string WellKnown = "/.well-known/oauth-protected-resource";

    private const string Allowed = "GET, HEAD, OPTIONS";

    internal static Task ServeAsync(HttpContext context)
    {
        var metadata = context.RequestServices.GetRequiredService<PublishedMetadata>();
        var (request, response) = (context.Request, context.Response);
        if (metadata.FindAt(context) is not { } resource)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return SendAsync(context, metadata, resource);
        }

        response.Headers.Allow = Allowed;
        var isOptions = HttpMethods.IsOptions(request.Method);
        response.StatusCode = isOptions ? StatusCodes.Status204NoContent : StatusCodes.Status405MethodNotAllowed;
        if (isOptions && resource.AllowAnyOrigin)
        {
            // The preflight of a script that sends, say, If-None-Match. "*" does not include Authorization.
            response.Headers.AccessControlAllowOrigin = "*";
            response.Headers.AccessControlAllowMethods = "GET, HEAD";
            response.Headers.AccessControlAllowHeaders = "*";
        }

        return Task.CompletedTask;
    }

    private static async Task SendAsync(HttpContext context, PublishedMetadata metadata, PublishedResource resource)
    {
        var document = await metadata.GetDocumentAsync(resource).ConfigureAwait(false);
        var response = context.Response;
        response.Headers.ETag = document.EntityTag;
        response.Headers.CacheControl = resource.CacheControl;
        if (resource.AllowAnyOrigin)
        {
            response.Headers.AccessControlAllowOrigin = "*";
        }

        if (IsKnown(context.Request, document))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = "application/json";
        response.ContentLength = document.Content.Length;
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(document.Content, context.RequestAborted).ConfigureAwait(false);
        }
    }

    // RFC 9110 §13.1.2: weak comparison; "*" is any document.
    private static bool IsKnown(HttpRequest request, PublishedDocument document) =>
        request.Headers.IfNoneMatch is { Count: > 0 } header
        && EntityTagHeaderValue.TryParseList(header, out var tags)
        && tags.Any(tag => tag.Equals(EntityTagHeaderValue.Any) || tag.Tag.Equals(document.EntityTag, StringComparison.Ordinal));
}
