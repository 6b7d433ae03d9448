using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;

namespace BoundTokenEnforcement;

/// <summary>One resource of this host: its documents, and the place where they are found.</summary>
internal sealed class PublishedResource
{
    private readonly string _origin;
    private readonly PathString _path;
    private readonly PublishedDocument _enforced;
    private readonly PublishedDocument _notEnforced;
    private volatile string? _toldReason;

    internal PublishedResource(ProtectedResourceMetadataOptions options, TimeProvider clock)
    {
        Identifier = ResourceIdentifier.Parse(options.Resource ?? string.Empty);
        Target = Identifier.MetadataPath + Identifier.MetadataQuery;
        _origin = Identifier.MetadataUrl[..^Target.Length];
        _path = PathString.FromUriComponent(Identifier.MetadataPath[MetadataEndpoint.WellKnown.Length..]);
        MetadataPath = PathString.FromUriComponent(Identifier.MetadataPath);
        CacheControl = $"public, max-age={(long)options.MaxAge.TotalSeconds}";
        AllowAnyOrigin = options.AllowAnyOrigin;
        Schemes = [.. options.Schemes];
        _enforced = new PublishedDocument(options, Identifier, boundTokensEnforced: true, clock);
        _notEnforced = new PublishedDocument(options, Identifier, boundTokensEnforced: false, clock);
    }

    internal ResourceIdentifier Identifier { get; }

    /// <summary>The request target of the document: path and query as they must be written.</summary>
    internal string Target { get; }

    /// <summary>The path of the document as routing sees it.</summary>
    internal PathString MetadataPath { get; }

    internal string CacheControl { get; }

    internal bool AllowAnyOrigin { get; }

    internal IReadOnlyCollection<string> Schemes { get; }

    internal PublishedDocument Document(bool boundTokensEnforced) => boundTokensEnforced ? _enforced : _notEnforced;

    /// <summary>Whether this reason is another than the last.</summary>
    internal bool IsNews([NotNullWhen(true)] string? reason)
    {
        if (string.Equals(reason, _toldReason, StringComparison.Ordinal))
        {
            return false;
        }

        _toldReason = reason;
        return reason is not null;
    }

    /// <summary>Whether a request with this target belongs here. The host in the request is ignored; a client can name any.</summary>
    internal bool Covers(string requestTarget) => requestTarget.StartsWith('/') && Identifier.Covers(_origin + requestTarget);

    /// <summary>Whether an endpoint with this pattern may be reached below this resource. Doubt counts as yes.</summary>
    internal bool MayContain(RoutePattern pattern) =>
        RoutePatternScope.MayLieAtOrBelow(pattern, _path);
}
