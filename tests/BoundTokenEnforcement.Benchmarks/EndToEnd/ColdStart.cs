using System.Diagnostics;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>How long the first request to a new process takes, handshake included.</summary>
internal sealed class ColdStart(EndToEndOptions options, LoadWorld world, TextWriter progress)
{
    internal async Task<IReadOnlyList<ReportRow>> RunAsync(CancellationToken cancellation)
    {
        var variants = options.Variants.Where(variant => variant is not (Variant.BoundLogged or Variant.BoundSmallCache)).ToArray();
        var milliseconds = variants.ToDictionary(variant => variant, _ => new List<double>());
#pragma warning disable CA5394 // The order must be repeatable, not secret.
        var order = new Random(options.Seed);
        for (var round = 1; round <= options.Rounds; round++)
        {
            await progress.WriteLineAsync($"cold, round {round} of {options.Rounds}");
            order.Shuffle(variants);
#pragma warning restore CA5394
            foreach (var variant in variants)
            {
                cancellation.ThrowIfCancellationRequested();
                milliseconds[variant].Add(await MeasureAsync(variant));
            }
        }

        return [.. milliseconds.Where(variant => milliseconds.ContainsKey(Variant.Plain) && variant.Key != Variant.Plain).Select(variant => new ReportRow(
            variant.Key == Variant.PlainAgain ? "A/A" : "–",
            $"first request to a new process: {variant.Key.Name()} − {Variant.Plain.Name()}",
            Goal.None.Text,
            $"{Interval.OfDifference(variant.Value, milliseconds[Variant.Plain]).ToString(1)} ms",
            Goal.None.Text))];
    }

    private async Task<double> MeasureAsync(Variant variant)
    {
        await using var server = await ChildProcess.StartAsync(VariantServer.Command, world.SetupOf(variant, options));
        var began = Stopwatch.GetTimestamp();
        await using var load = await CellLoad.OpenAsync(
            new Cell(variant, options.Algorithms[0], Load.Accept), world, new ServerEndpoint(server.Port, world.ServerCertificate), options with { Connections = 1 });
        await load.OnceAsync();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
