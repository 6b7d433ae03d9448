namespace BoundTokenEnforcement;

/// <summary>A failure that is remembered for a moment, so that not every caller tries again.</summary>
internal sealed record FailedRenewal(BoundTokenGuardException Reason, Age Age)
{
    /// <summary>A new exception for each caller: one that is thrown in several places collects their stack traces.</summary>
    internal BoundTokenGuardException ToException() => new(Reason.Failure, Reason.Message, Reason);
}
