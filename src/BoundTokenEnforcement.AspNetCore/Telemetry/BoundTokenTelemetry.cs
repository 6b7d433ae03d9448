namespace BoundTokenEnforcement;

/// <summary>The names under which this library reports.</summary>
public static class BoundTokenTelemetry
{
    /// <summary>The meter, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "BoundTokenEnforcement";

    /// <summary>
    /// Counter of decisions, with the tags <see cref="SchemeTag"/>, <see cref="ModeTag"/>, <see cref="OutcomeTag"/> and, on refusals,
    /// <see cref="FailureTag"/> and <see cref="TokenValidatedTag"/>.
    /// </summary>
    public const string DecisionsCounterName = "bound_token.decisions";

    /// <summary>
    /// Histogram, in seconds, of how long decisions took: the comparison, and what late certificates and a certificate scheme add to it. The validation
    /// of the token is not in it. The same tags.
    /// </summary>
    public const string DurationHistogramName = "bound_token.decision.duration";

    /// <summary>The authentication scheme; left out for requests refused before any scheme was asked.</summary>
    public const string SchemeTag = "bound_token.scheme";

    /// <summary>An <see cref="EnforcementMode"/>.</summary>
    public const string ModeTag = "bound_token.mode";

    /// <summary>A <see cref="BindingOutcome"/>. Also a tag of the request's activity.</summary>
    public const string OutcomeTag = "bound_token.outcome";

    /// <summary>Whether a rejected token had been validated; if not, it may be forged. Most are rejected before validation.</summary>
    public const string TokenValidatedTag = "bound_token.token_validated";

    /// <summary>A <see cref="BindingFailure"/>. Also a tag of the request's activity.</summary>
    public const string FailureTag = "bound_token.failure";

    /// <summary>Counter of tokens that could not be validated because there were no signing keys; with the tag <see cref="SchemeTag"/>.</summary>
    public const string KeysUnavailableCounterName = "bound_token.keys_unavailable";

    /// <summary>Counter of fetches of signing keys, with the tags <see cref="SchemeTag"/> and <see cref="KeysFetchedTag"/>.</summary>
    public const string KeyFetchesCounterName = "bound_token.key_fetches";

    /// <summary>Whether a fetch of signing keys brought any.</summary>
    public const string KeysFetchedTag = "bound_token.keys_fetched";
}
