namespace BoundTokenEnforcement;

/// <summary>Marks the endpoint that serves protected resource metadata, and distinguishes it from others.</summary>
internal sealed class ResourceMetadataEndpoint
{
    private ResourceMetadataEndpoint()
    {
    }

    internal static ResourceMetadataEndpoint Marker { get; } = new();
}
