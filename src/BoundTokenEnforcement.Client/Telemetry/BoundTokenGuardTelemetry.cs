namespace BoundTokenEnforcement;

/// <summary>The names under which the guard reports.</summary>
public static class BoundTokenGuardTelemetry
{
    /// <summary>The meter, for <c>AddMeter</c> of OpenTelemetry.</summary>
    public const string MeterName = "BoundTokenEnforcement.Client";

    /// <summary>Counter of requests that were not sent, with the tags <see cref="ResourceTag"/> and <see cref="FailureTag"/>.</summary>
    public const string RefusalsCounterName = "bound_token_guard.refusals";

    /// <summary>Counter of metadata documents that were fetched or tried to, with the tags <see cref="ResourceTag"/> and <see cref="SuccessTag"/>.</summary>
    public const string FetchesCounterName = "bound_token_guard.metadata_fetches";

    /// <summary>Counter of token requests, with the tags <see cref="ResourceTag"/> and <see cref="SuccessTag"/>.</summary>
    public const string TokenRequestsCounterName = "bound_token_guard.token_requests";

    /// <summary>The resource identifier. Also a tag of the activity.</summary>
    public const string ResourceTag = "bound_token_guard.resource";

    /// <summary>A <see cref="GuardFailure"/>. Also a tag of the activity.</summary>
    public const string FailureTag = "bound_token_guard.failure";

    /// <summary>Whether the document, or the token, could be used.</summary>
    public const string SuccessTag = "bound_token_guard.success";
}
