namespace BoundTokenEnforcement.Client.Tests;

/// <summary>A resource whose metadata is all that it should be, so that only the token is in question.</summary>
internal sealed class KnownMetadata(ResourceIdentifier resource, string issuer) : IProtectedResourceMetadataClient
{
    private readonly ProtectedResourceMetadata _document = new()
    {
        Resource = resource,
        AuthorizationServers = [issuer],
        TlsClientCertificateBoundAccessTokens = true,
    };

    public ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken) => ValueTask.FromResult(_document);

    public void Renew(ResourceIdentifier resource)
    {
    }
}
