using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>The document of this API and the place where it is found: the one value that the endpoint and every challenge come from.</summary>
internal sealed class PublishedMetadata
{
    private readonly byte[] _enforced;
    private readonly byte[] _notEnforced;
    private readonly EnforcementStatus? _enforcement;

    public PublishedMetadata(IOptions<ProtectedResourceMetadataOptions> options, EnforcementStatus? enforcement = null)
    {
        Resource = ResourceIdentifier.Parse(options.Value.Resource ?? string.Empty);
        CacheControl = $"public, max-age={(long)options.Value.MaxAge.TotalSeconds}";
        _enforced = options.Value.ToDocument(Resource, boundTokensEnforced: true).ToUtf8Json();
        _notEnforced = options.Value.ToDocument(Resource, boundTokensEnforced: false).ToUtf8Json();
        _enforcement = enforcement;
    }

    internal ResourceIdentifier Resource { get; }

    /// <summary>Whether the application serves the document.</summary>
    internal bool IsMapped { get; set; }

    internal string CacheControl { get; }

    /// <summary>The document as it is true now.</summary>
    internal async ValueTask<ReadOnlyMemory<byte>> GetDocumentAsync() =>
        _enforcement is not null && await _enforcement.WhyNotAsync() is null ? _enforced : _notEnforced;
}
