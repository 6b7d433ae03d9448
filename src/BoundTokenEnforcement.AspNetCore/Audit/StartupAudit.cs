using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// Runs the audit once the server listens, because only then are endpoints and listeners known. A host that has faults is stopped again at once;
/// in between it enforces as always.
/// </summary>
internal sealed class StartupAudit(
    IBoundTokenAudit audit, EnforcementPolicy policy, ILogger<StartupAudit> logger, IServer? server = null) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var report = await audit.RunAsync(cancellationToken).ConfigureAwait(false);
        Observers.Notify(report, Tell);
        if (!report.IsSound && policy.Current.Audit != AuditFailureBehavior.Log)
        {
            await StopListeningAsync().ConfigureAwait(false);
            throw new BoundTokenAuditException(report);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Nothing stops the server of a host whose start failed: an application that catches the exception would keep listening.</summary>
    private async Task StopListeningAsync()
    {
        if (server is not null)
        {
            // Cancelled already: connections are not waited for.
            await server.StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        }
    }

    private void Tell(BoundTokenAuditReport report)
    {
        if (!report.IsSound)
        {
            logger.AuditFailed(report.ToString());
        }
        else if (report.Warnings.Count > 0)
        {
            logger.AuditWarned(report.ToString());
        }
        else
        {
            logger.AuditPassed(report.ToString());
        }
    }
}
