using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// Runs the audit once the server listens, because only then are endpoints and listeners known. A host that has faults is stopped again at once;
/// in between it enforces as always.
/// </summary>
internal sealed class StartupAudit(IBoundTokenAudit audit, EnforcementPolicy policy, ILogger<StartupAudit> logger) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var report = await audit.RunAsync(cancellationToken);
        Tell(report);
        if (!report.IsSound && policy.Current.Audit == AuditMode.Throw)
        {
            throw new BoundTokenAuditException(report);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Tell(BoundTokenAuditReport report)
    {
        if (!report.IsSound)
        {
            logger.AuditFailed(report);
        }
        else if (report.Warnings.Count > 0)
        {
            logger.AuditWarned(report);
        }
        else
        {
            logger.AuditPassed(report);
        }
    }
}
