namespace BoundTokenEnforcement;

/// <summary>
/// Fetches what a protected resource says about itself (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-3">RFC 9728 §3</see>) and keeps it
/// for as long as it may be kept.
/// </summary>
/// <remarks>At most 1,000 resources are kept, the oldest is forgotten first. Nothing that an answer says is ever used as an address.</remarks>
public interface IProtectedResourceMetadataClient
{
    /// <summary>The document of <paramref name="resource"/>: fetched by rule from the identifier's own host, checked, and never older than its life.</summary>
    /// <param name="resource">The identifier. It must be configured, never learnt from an answer.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller; others that wait for the same document are not touched.</param>
    /// <remarks>
    /// <para>Not checked: whether it says that bound tokens are supported, and whether its authorization servers are trusted. But a resource that said
    /// so once and no longer does is refused with <see cref="GuardFailure.EnforcementWithdrawn"/> until it says so again.</para>
    /// <para>However many ask, a resource is asked once, for at most 10 seconds. A failure is remembered for a while, so that it is not asked again at once.</para>
    /// </remarks>
    /// <exception cref="BoundTokenGuardException">There is no document that could be believed.</exception>
    /// <exception cref="OperationCanceledException">This caller did not want to wait any longer.</exception>
    ValueTask<ProtectedResourceMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken);

    /// <summary>Says that the document is in doubt: the next caller gets one that was fetched afterwards (RFC 9728 §5.2).</summary>
    /// <param name="resource">The identifier.</param>
    /// <remarks>
    /// A resource is asked no more than once a second, whatever it makes us doubt; callers wait for their turn. A failure that is remembered stays so.
    /// </remarks>
    void Renew(ResourceIdentifier resource);
}
