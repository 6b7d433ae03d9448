namespace BoundTokenEnforcement;

/// <summary>Keeps the documents of a limited number of resources. What is known and alive costs no lock and no allocation.</summary>
internal sealed class ProtectedResourceMetadataClient : IProtectedResourceMetadataClient
{
    internal const int Capacity = 1000;

    private readonly BoundedMap<ResourceIdentifier, CachedMetadata> _known;
    private readonly Func<ResourceIdentifier, CachedMetadata> _create;

    internal ProtectedResourceMetadataClient(
        MetadataDiscoveryOptions options, MetadataTransport transport, EnforcementHistory history, TimeProvider clock, GuardTelemetry telemetry, int capacity = Capacity)
    {
        var fetcher = new MetadataFetcher(options, transport, history, clock, telemetry);
        _known = new(capacity);
        _create = resource => new CachedMetadata(resource, fetcher, clock);
    }

    /// <summary>How many resources are known.</summary>
    internal int Count => _known.Count;

    public ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(resource);
        var known = _known.GetOrAdd(resource, _create);
        return known.Current is { Document: { } document } ? new(document) : new(WaitAsync(known, cancellationToken));
    }

    public void Renew(ResourceIdentifier resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (_known.TryGet(resource, out var known))
        {
            known.Renew();
        }
    }

    private static async Task<ProtectedResourceMetadata> WaitAsync(CachedMetadata known, CancellationToken cancellationToken)
    {
        var answer = await known.GetAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return answer.DocumentOrThrow();
    }
}
