namespace BoundTokenEnforcement;

/// <summary>So many records of one kind in each second; the rest is counted.</summary>
internal sealed class LogRateLimiter(TimeProvider clock)
{
    /// <summary>Records in one second.</summary>
    internal const int PerSecond = 20;

    private readonly Lock _gate = new();
    private long _start;
    private int _passed;
    private long _suppressed;

    /// <param name="suppressed">How many were left out since the last that passed.</param>
    internal bool TryPass(out long suppressed)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (_passed == 0 || clock.GetElapsedTime(_start, now) >= TimeSpan.FromSeconds(1))
            {
                _start = now;
                _passed = 0;
            }

            if (_passed == PerSecond)
            {
                _suppressed++;
                suppressed = 0;
                return false;
            }

            _passed++;
            suppressed = _suppressed;
            _suppressed = 0;
            return true;
        }
    }
}
