namespace BoundTokenEnforcement;

/// <summary>
/// How long ago something was. Two clocks are asked and the greater answer counts: the one that is set back when the time is corrected, and the
/// one that stands still while the machine sleeps.
/// </summary>
internal readonly struct Age
{
    private readonly TimeProvider _clock;
    private readonly DateTimeOffset _start;
    private readonly long _timestamp;

    private Age(TimeProvider clock)
    {
        _clock = clock;
        _start = clock.GetUtcNow();
        _timestamp = clock.GetTimestamp();
    }

    internal TimeSpan Elapsed
    {
        get
        {
            var (byDate, byTimestamp) = (_clock.GetUtcNow() - _start, _clock.GetElapsedTime(_timestamp));
            return byDate > byTimestamp ? byDate : byTimestamp;
        }
    }

    internal static Age StartingNow(TimeProvider clock) => new(clock);
}
