namespace BoundTokenEnforcement;

/// <summary>How long a server is waited for, and when it is left alone.</summary>
/// <param name="Attempt">The time of one attempt: connecting, headers and body together.</param>
/// <param name="Total">The time of all attempts and the pauses between them.</param>
/// <param name="RetriesTimeouts">Whether an attempt that took too long is repeated. Where it is not, callers have waited long enough.</param>
/// <param name="FailureRatio">The share of failures that opens the circuit.</param>
/// <param name="MinimumAttempts">The attempts within <paramref name="Window"/> before the circuit can open.</param>
/// <param name="Window">The time over which attempts are counted.</param>
/// <param name="Break">For how long an open circuit leaves the server alone.</param>
internal sealed record FetchLimits(TimeSpan Attempt, TimeSpan Total, bool RetriesTimeouts, double FailureRatio, int MinimumAttempts, TimeSpan Window, TimeSpan Break)
{
    /// <summary>Attempts after the first.</summary>
    internal const int Retries = 2;

    /// <summary>For the metadata of a resource.</summary>
    internal static FetchLimits Metadata { get; } = new(
        Attempt: TimeSpan.FromSeconds(5),
        Total: TimeSpan.FromSeconds(10),
        RetriesTimeouts: false,
        FailureRatio: 1,
        MinimumAttempts: 6,
        Window: TimeSpan.FromMinutes(2),
        Break: TimeSpan.FromSeconds(30));

    /// <summary>For an authorization server, within the times that the application configured.</summary>
    internal static FetchLimits AuthorizationServer(TimeSpan attempt, TimeSpan total) => new(
        attempt,
        total,
        RetriesTimeouts: true,
        FailureRatio: 0.9,
        MinimumAttempts: 10,
        Window: TimeSpan.FromSeconds(30),
        Break: TimeSpan.FromSeconds(10));
}
