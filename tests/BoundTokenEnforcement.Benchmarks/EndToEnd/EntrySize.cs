using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>
/// What a remembered token takes (P9), as the garbage collector sees it: how much the heap grows by each token that was sent once. What plain
/// JwtBearer grows by is taken off.
/// </summary>
internal sealed class EntrySize(EndToEndOptions options, LoadWorld world, TextWriter progress)
{
    internal async Task<ReportRow> RunAsync()
    {
        await progress.WriteLineAsync("size of an entry");
        var cached = new List<double>();
        var plain = new List<double>();
        for (var round = 0; round < options.Rounds; round++)
        {
            cached.Add(await GrowthAsync(Variant.BoundCached));
            plain.Add(await GrowthAsync(Variant.Plain));
        }

        var goal = Goal.AtMost(2500, "B");
        var size = Interval.OfDifference(cached, plain);
        return new ReportRow("P9", "heap per remembered token", goal.Text, $"{size.ToString(0)} B", goal.Judge(size));
    }

    private async Task<double> GrowthAsync(Variant variant)
    {
        await using var server = await ChildProcess.StartAsync(VariantServer.Command, world.SetupOf(variant, options));
        var endpoint = new ServerEndpoint(server.Port, world.ServerCertificate);
        var cell = new Cell(variant, options.Algorithms[0], Load.ManyTokens);
        await using var load = await CellLoad.OpenAsync(cell, world, endpoint, options);

        // The first turn also makes what is made once for each connection.
        await load.OnceAsync();
        var before = await server.DoAsync(new ChildCommand(ChildCommand.Collect));
        var turns = (options.Tokens / options.TokenConnections) - 1;
        for (var turn = 0; turn < turns; turn++)
        {
            await load.OnceAsync();
        }

        var after = await server.DoAsync(new ChildCommand(ChildCommand.Collect));
        return (double)(after.HeapBytes - before.HeapBytes) / (turns * options.TokenConnections);
    }
}
