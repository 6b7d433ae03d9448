namespace BoundTokenEnforcement;

/// <summary>What follows from a refusal.</summary>
public enum EnforcementMode
{
    /// <summary>
    /// The request is not let in: 401; 400 if its token could be understood in two ways; 421 if it is for another host. The default.
    /// </summary>
    Enforce = 0,

    /// <summary>
    /// The refusal is logged and counted, and the request goes on as if there were no enforcement: stolen tokens are accepted. The metadata does
    /// not claim that bound tokens are supported.
    /// </summary>
    ReportOnly = 1,
}
