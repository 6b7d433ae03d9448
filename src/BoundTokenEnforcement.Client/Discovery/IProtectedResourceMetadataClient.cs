namespace BoundTokenEnforcement;

/// <summary>
/// Fetches what a protected resource says about itself (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-3">RFC 9728 §3</see>) and keeps it
/// for as long as it may be kept.
/// </summary>
public interface IProtectedResourceMetadataClient
{
    /// <summary>The document of <paramref name="resource"/>: fetched by rule from the identifier's own host, checked, and never older than its life.</summary>
    /// <param name="resource">The identifier. It must be configured, never learnt from an answer.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller; others that wait for the same document are not touched.</param>
    /// <remarks>Not checked: whether it says that bound tokens are supported, and whether its authorization servers are trusted.</remarks>
    /// <exception cref="BoundTokenRefusedException">There is no document that could be believed.</exception>
    ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken);

    /// <summary>Says that the document is in doubt: the next caller gets one that was fetched afterwards (RFC 9728 §5.2).</summary>
    /// <param name="resource">The identifier.</param>
    void Renew(ResourceIdentifier resource);
}
