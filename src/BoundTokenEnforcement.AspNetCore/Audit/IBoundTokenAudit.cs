namespace BoundTokenEnforcement;

/// <summary>Finds out what is really enforced in this host. For tests, health checks and operators.</summary>
public interface IBoundTokenAudit
{
    /// <summary>Looks at schemes, endpoints, listeners, options and metadata as they are now.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <returns>The report. While the host is still starting, it lacks endpoints and listeners.</returns>
    Task<BoundTokenAuditReport> RunAsync(CancellationToken cancellationToken);
}
