using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Whether the API needs more and more. Read after each turn of all faults, with all garbage collected.</summary>
internal sealed class Growth
{
    private const int TurnsForASlope = 5;

    // Over one turn: code that runs for the first time, and pools that fill.
    private static readonly Limit[] Limits =
    [
        new("heap, MB", static reading => reading.HeapBytes / 1048576.0, AtOnce: 32, InTheLongRun: 4),
        new("working set, MB", static reading => reading.WorkingSetBytes / 1048576.0, AtOnce: 512, InTheLongRun: 64),
        new("handles", static reading => reading.Handles, AtOnce: 100, InTheLongRun: 20),
        new("threads", static reading => reading.Threads, AtOnce: 50, InTheLongRun: 10),
    ];

    private readonly List<ServerReading> _readings = [];

    private sealed record Limit(string Name, Func<ServerReading, double> Of, double AtOnce, double InTheLongRun);

    internal void Add(ServerReading reading) => _readings.Add(reading);

    internal FaultResult Judge()
    {
        var seen = new List<string>();
        var problems = new List<string>();
        foreach (var limit in Limits)
        {
            var values = _readings.Select(limit.Of).ToArray();
            seen.Add($"{limit.Name} {values[0]:F0} → {values[^1]:F0}");

            // The first reading stands before the first fault; the slope begins after the first turn.
            if (values.Length > TurnsForASlope && Interval.OfSlope([.. values.Skip(1)]) is { Low: > 0 } slope
                && slope.Estimate * (values.Length - 2) > limit.InTheLongRun)
            {
                problems.Add($"{limit.Name}: grows by {slope.ToString(3)} each turn");
            }
            else if (values.Length <= TurnsForASlope && values[^1] - values[0] > limit.AtOnce)
            {
                problems.Add($"{limit.Name}: more than {limit.AtOnce} more");
            }
        }

        return new FaultResult("all of that, again and again", $"{string.Join(", ", seen)} over {_readings.Count - 1} turns", problems, IsFault: false);
    }
}
