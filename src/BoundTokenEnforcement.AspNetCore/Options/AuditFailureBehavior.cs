namespace BoundTokenEnforcement;

/// <summary>What the start-up audit does with its faults.</summary>
public enum AuditFailureBehavior
{
    /// <summary>The host does not start. The default.</summary>
    StopHost = 0,

    /// <summary>The host starts, and the faults are logged as errors.</summary>
    Log = 1,
}
