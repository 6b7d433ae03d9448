namespace BoundTokenEnforcement.Benchmarks;

/// <summary>
/// Measures the cells in rounds. In each round each cell has its turn once, in another order each time, so that what changes on the machine meanwhile
/// meets all of them; only what was measured in the same round is compared.
/// </summary>
internal sealed class EndToEndRun(EndToEndOptions options, LoadWorld world, TextWriter progress)
{
    internal async Task<Measurements> RunAsync(CancellationToken cancellation)
    {
        var cells = CellPlan.Of(options);
        var servers = new Dictionary<Variant, ChildProcess>();
        var loads = new Dictionary<Cell, CellLoad>();
        try
        {
            foreach (var variant in cells.Select(cell => cell.Variant).Distinct())
            {
                servers[variant] = await ChildProcess.StartAsync(VariantServer.Command, world.SetupOf(variant, options));
                await ProveAsync(variant, EndpointOf(servers[variant]));
            }

            foreach (var cell in cells)
            {
                cancellation.ThrowIfCancellationRequested();
                await progress.WriteLineAsync($"warming up: {cell}");
                loads[cell] = await CellLoad.OpenAsync(cell, world, EndpointOf(servers[cell.Variant]), options);
                await loads[cell].RunAsync(options.WarmUp);
            }

            return await MeasureAsync(servers, loads, cancellation);
        }
        finally
        {
            foreach (var load in loads.Values)
            {
                await load.DisposeAsync();
            }

            foreach (var server in servers.Values)
            {
                await server.DisposeAsync();
            }
        }
    }

    // To be faster than somebody who does not do the same work would be no merit.
    private async Task ProveAsync(Variant variant, ServerEndpoint endpoint)
    {
        foreach (var load in (Load[])[Load.Accept, Load.Mismatch, Load.NoCertificate, Load.BadSignature])
        {
            foreach (var algorithm in options.Algorithms)
            {
                await using var once = await CellLoad.OpenAsync(new Cell(variant, algorithm, load), world, endpoint, options with { Connections = 1 });
                await once.OnceAsync();
            }
        }
    }

    private async Task<Measurements> MeasureAsync(
        Dictionary<Variant, ChildProcess> servers, Dictionary<Cell, CellLoad> loads, CancellationToken cancellation)
    {
        var measurements = new Measurements();
#pragma warning disable CA5394 // The order must be repeatable, not secret.
        var order = new Random(options.Seed);
        var cells = loads.Keys.ToArray();
        for (var round = 1; round <= options.Rounds; round++)
        {
            order.Shuffle(cells);
#pragma warning restore CA5394
            await progress.WriteLineAsync($"round {round} of {options.Rounds}");
            foreach (var cell in cells)
            {
                cancellation.ThrowIfCancellationRequested();
                measurements.Add(cell, await MeasureAsync(servers[cell.Variant], loads[cell]));
            }
        }

        return measurements;
    }

    private ServerEndpoint EndpointOf(ChildProcess server) => new(server.Port, world.ServerCertificate);

    private async Task<Sample> MeasureAsync(ChildProcess server, CellLoad load)
    {
        // Garbage of the round before is not this round's.
        var before = await server.DoAsync(new ChildCommand(ChildCommand.Collect));
        var (seconds, requests) = await load.RunAsync(options.Duration);
        return Sample.Between(before, await server.ReadAsync(), seconds, requests);
    }
}
