namespace BoundTokenEnforcement;

/// <summary>Keeps a flood of stolen tokens from becoming a flood of log records: so many of each failure in each second, the rest is counted.</summary>
internal sealed class RejectionLogLimiter(TimeProvider clock)
{
    /// <summary>Records of one failure in one second.</summary>
    internal const int PerSecond = LogRateLimiter.PerSecond;

    private static readonly int Failures = Enum.GetValues<BindingFailure>().Length;

    private readonly LogRateLimiter[] _budgets = [.. Enumerable.Range(0, 2 * Failures).Select(_ => new LogRateLimiter(clock))];

    /// <param name="failure">The failure to be logged.</param>
    /// <param name="isTokenValidated">Whether the token had been validated. Rejections of forged tokens have a separate budget.</param>
    /// <param name="suppressed">How many of its kind were left out since the last that passed.</param>
    internal bool TryPass(BindingFailure failure, bool isTokenValidated, out long suppressed) =>
        _budgets[(int)failure + (isTokenValidated ? Failures : 0)].TryPass(out suppressed);
}
