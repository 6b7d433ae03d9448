namespace BoundTokenEnforcement;

/// <summary>Keeps a flood of stolen tokens from becoming a flood of log records: so many of each failure in each second, the rest is counted.</summary>
internal sealed class RefusalLogLimit(TimeProvider clock)
{
    /// <summary>Records of one failure in one second.</summary>
    internal const int PerSecond = 20;

    private readonly Window[] _windows = [.. Enum.GetValues<BindingFailure>().Select(static _ => new Window())];

    /// <param name="failure">The failure to be logged.</param>
    /// <param name="suppressed">How many of its kind were left out since the last that passed.</param>
    internal bool TryPass(BindingFailure failure, out long suppressed)
    {
        var window = _windows[(int)failure];
        lock (window)
        {
            var now = clock.GetTimestamp();
            if (window.Passed == 0 || clock.GetElapsedTime(window.Start, now) >= TimeSpan.FromSeconds(1))
            {
                window.Start = now;
                window.Passed = 0;
            }

            if (window.Passed == PerSecond)
            {
                window.Suppressed++;
                suppressed = 0;
                return false;
            }

            window.Passed++;
            suppressed = window.Suppressed;
            window.Suppressed = 0;
            return true;
        }
    }

    private sealed class Window
    {
        internal long Start;
        internal int Passed;
        internal long Suppressed;
    }
}
