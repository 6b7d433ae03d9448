using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>The resources of this host: the one value that the endpoint, every challenge and the audit come from.</summary>
internal sealed class PublishedMetadata(
    IEnumerable<ResourceName> names,
    IOptionsMonitor<ProtectedResourceMetadataOptions> options,
    TimeProvider clock,
    ILogger<PublishedMetadata> logger,
    EnforcementStatus? enforcement = null)
{
    // Not in the constructor: a host that does not start because of its options should report all faults, not the first one that a consumer ran into.
    private readonly Lazy<PublishedResource[]> _resources = new(() =>
    [
        .. names.Select(name => new PublishedResource(options.Get(name.Value), clock))
            .OrderByDescending(static resource => resource.Identifier.MetadataPath.Length)
            .ThenByDescending(static resource => resource.Identifier.MetadataQuery.Length),
    ]);

    /// <summary>The longest path first.</summary>
    internal IReadOnlyList<PublishedResource> Resources => _resources.Value;

    /// <summary>The resource whose document stands at the target of this request; exactly there, and nowhere else.</summary>
    internal PublishedResource? FindAt(HttpContext context)
    {
        // Routing ignores case, a slash at the end and the query; two resources on one host may differ in just that.
        var target = TargetOf(context);
        return Array.Find(_resources.Value, resource => string.Equals(resource.Target, target, StringComparison.Ordinal));
    }

    /// <summary>Where a caller who is turned away finds the metadata; <see langword="null"/> if the request belongs to none of several resources.</summary>
    internal string? UrlFor(HttpContext context)
    {
        var covering = _resources.Value is [var only] ? only : Array.Find(_resources.Value, resource => resource.Covers(TargetOf(context)));
        return covering?.Identifier.MetadataUrl;
    }

    /// <summary>The document as it is true now.</summary>
    internal async ValueTask<PublishedDocument> GetDocumentAsync(PublishedResource resource)
    {
        var gap = await FindGapAsync(resource).ConfigureAwait(false);
        if (resource.IsNews(gap))
        {
            Observers.Notify(logger, logger => logger.BoundTokensNotAdvertised(resource.Identifier.Value, gap));
        }

        return resource.Document(boundTokensEnforced: gap is null);
    }

    /// <summary>Why the document does not say that bound tokens are enforced; <see langword="null"/> if it does.</summary>
    internal ValueTask<string?> FindGapAsync(PublishedResource resource) => enforcement is null
        ? new("AddBoundTokenEnforcement() was not called")
        : enforcement.FindGapAsync(resource.Schemes, endpoint => Concerns(resource, endpoint));

    /// <summary>One line a resource, for the audit.</summary>
    internal async Task<IReadOnlyList<string>> DescribeAsync()
    {
        var lines = new List<string>();
        foreach (var resource in Resources)
        {
            var gap = await FindGapAsync(resource).ConfigureAwait(false);
            lines.Add($"{resource.Identifier.MetadataUrl} {(gap is null ? "says that bound tokens are enforced" : $"does not say that bound tokens are enforced: {gap}")}");
        }

        return lines;
    }

    // An endpoint below none of the resources may be below any: a proxy or a path base can have taken the front of the path away.
    private bool Concerns(PublishedResource resource, Endpoint endpoint) =>
        _resources.Value.Length == 1
        || endpoint is not RouteEndpoint { RoutePattern: var pattern }
        || resource.MayContain(pattern)
        || !Array.Exists(_resources.Value, other => other.MayContain(pattern));

    private static string TargetOf(HttpContext context)
    {
        // A server without a wire, as in the application's own tests, has only what was made of the target.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.Length > 0 ? target : context.Request.GetEncodedPathAndQuery();
    }
}
