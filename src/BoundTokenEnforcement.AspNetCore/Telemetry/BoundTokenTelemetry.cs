namespace BoundTokenEnforcement;

/// <summary>The names under which this library reports.</summary>
public static class BoundTokenTelemetry
{
    /// <summary>The meter, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "BoundTokenEnforcement";

    /// <summary>
    /// Counter of decisions, with the tags <see cref="SchemeTag"/>, <see cref="ModeTag"/>, <see cref="OutcomeTag"/> and, on refusals,
    /// <see cref="FailureTag"/>.
    /// </summary>
    public const string DecisionsCounterName = "bound_token.decisions";

    /// <summary>The authentication scheme; left out for requests refused before any scheme was asked.</summary>
    public const string SchemeTag = "bound_token.scheme";

    /// <summary>An <see cref="EnforcementMode"/>.</summary>
    public const string ModeTag = "bound_token.mode";

    /// <summary>A <see cref="BindingOutcome"/>. Also a tag of the request's activity.</summary>
    public const string OutcomeTag = "bound_token.outcome";

    /// <summary>A <see cref="BindingFailure"/>. Also a tag of the request's activity.</summary>
    public const string FailureTag = "bound_token.failure";
}
