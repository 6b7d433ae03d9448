namespace BoundTokenEnforcement;

/// <summary>The names under which this library reports.</summary>
public static class BoundTokenTelemetry
{
    /// <summary>The meter, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "BoundTokenEnforcement";

    /// <summary>
    /// Counter of decisions, with the tags <c>outcome</c> (a <see cref="BindingOutcome"/>), <c>scheme</c> (unless the request was
    /// refused before any scheme saw it) and, on refusals, <c>failure</c> (a <see cref="BindingFailure"/>).
    /// </summary>
    public const string DecisionsCounterName = "bound_token.decisions";
}
