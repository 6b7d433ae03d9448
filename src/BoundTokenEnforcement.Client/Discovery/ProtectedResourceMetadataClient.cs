namespace BoundTokenEnforcement;

/// <summary>Placeholder until discovery is built.</summary>
internal sealed class ProtectedResourceMetadataClient(
    BoundTokenGuardOptions options, AllowedAddresses addresses, TimeProvider clock, GuardTelemetry telemetry) : IProtectedResourceMetadataClient
{
    public ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken) =>
        throw new BoundTokenRefusedException(GuardRefusal.MetadataUnreachable, $"{options} {addresses} {clock} {telemetry}");

    public void Renew(ResourceIdentifier resource)
    {
    }
}
