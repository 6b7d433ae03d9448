using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BoundTokenEnforcement;

/// <summary>Unhealthy on faults, degraded where something is not enforced by a decision of the application.</summary>
internal sealed class BoundTokenHealthCheck(IBoundTokenAudit audit) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = await audit.RunAsync(cancellationToken).ConfigureAwait(false);
        if (!report.IsSound)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', report.Faults));
        }

        return report.Warnings.Count == 0
            ? HealthCheckResult.Healthy("Bound tokens are enforced.")
            : HealthCheckResult.Degraded(string.Join(' ', report.Warnings));
    }
}
