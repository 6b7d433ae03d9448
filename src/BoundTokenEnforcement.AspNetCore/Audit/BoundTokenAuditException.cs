namespace BoundTokenEnforcement;

/// <summary>The host was not started, because what it would enforce can only fail open or can never work.</summary>
public sealed class BoundTokenAuditException : Exception
{
    internal BoundTokenAuditException(BoundTokenAuditReport report)
        : base($"The start-up audit of BoundTokenEnforcement found what must be changed:\n- {string.Join("\n- ", report.Faults)}\n(Audit = {nameof(AuditFailureBehavior.Log)} starts all the same.)") =>
        Report = report;

    /// <summary>The whole report.</summary>
    public BoundTokenAuditReport Report { get; }
}
