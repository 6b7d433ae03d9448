namespace BoundTokenEnforcement;

/// <summary>The names under which this library reports.</summary>
public static class BoundTokenTelemetry
{
    /// <summary>The meter, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "BoundTokenEnforcement";

    /// <summary>
    /// Counter of decisions, with the tags <c>scheme</c>, <c>outcome</c> (a <see cref="BindingOutcome"/>) and, on refusals,
    /// <c>failure</c> (a <see cref="BindingFailure"/>).
    /// </summary>
    public const string DecisionsCounterName = "bound_token.decisions";
}
