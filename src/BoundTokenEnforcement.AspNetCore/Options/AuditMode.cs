namespace BoundTokenEnforcement;

/// <summary>What the start-up audit does with its faults.</summary>
public enum AuditMode
{
    /// <summary>The host does not start. The default.</summary>
    Throw = 0,

    /// <summary>The host starts, and the faults are logged as errors.</summary>
    Warn = 1,
}
