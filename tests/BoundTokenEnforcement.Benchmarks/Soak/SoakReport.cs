namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Writes what became of the faults, each once, however often it was injected.</summary>
internal static class SoakReport
{
    internal static async Task WriteAsync(IReadOnlyList<FaultResult> results, TextWriter output)
    {
        var faults = results.GroupBy(result => result.Fault).ToArray();
        var width = faults.Max(fault => fault.Key.Length);
        foreach (var fault in faults)
        {
            var failed = fault.Where(result => !result.Held).ToArray();
            var times = fault.Count() == 1 ? "" : $" (last of {fault.Count()} times)";
            await output.WriteLineAsync($"{fault.Key.PadRight(width)} | {(failed.Length == 0 ? "held  " : "FAILED")} | {fault.Last().Seen}{times}");
            foreach (var problem in failed.SelectMany(result => result.Problems).Distinct())
            {
                await output.WriteLineAsync($"{"".PadRight(width)} | ! {problem}");
            }
        }

        var survived = faults.Count(fault => fault.All(result => result is { Held: true, IsFault: true }));
        await output.WriteLineAsync($"SOAK: {survived} faults survived, {results.Sum(result => result.Entered)} fail open of {results.Sum(result => result.Attempts)} attempts");
    }
}
