namespace BoundTokenEnforcement;

/// <summary>How an <see cref="IProtectedResourceMetadataClient"/> that stands alone connects, and what it believes.</summary>
public sealed class ProtectedResourceMetadataClientOptions : ResourceConnectionOptions
{
    /// <summary>For how long documents are kept, and whose signature they must bear.</summary>
    public MetadataDiscoveryOptions Metadata { get; } = new();
}
