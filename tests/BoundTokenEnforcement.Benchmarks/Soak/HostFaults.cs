namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The host around us misbehaves: configuration, log sinks, listeners, memory, threads.</summary>
internal static class HostFaults
{
    private const int Reloads = 50;
    private const int Megabytes = 500;
    private const int BlockedThreads = 16;
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new($"configuration reloaded {Reloads} times", scene => ReloadAsync(scene, SoakCommands.ReloadValid)),
        new($"configuration reloaded {Reloads} times with values that make no sense", scene => ReloadAsync(scene, SoakCommands.ReloadInvalid)),
        new("log sink throws", scene => BreakAsync(scene, SoakCommands.Log, SinkMode.Throw)),
        new("log sink blocks", scene => BreakAsync(scene, SoakCommands.Log, SinkMode.Block)),
        new("listener of the metrics throws", scene => BreakAsync(scene, SoakCommands.Metrics, SinkMode.Throw)),
        new("OnRejected of the application throws", scene => BreakAsync(scene, SoakCommands.Alarm, SinkMode.Throw)),
        new("garbage collector under pressure", LitterAsync),
        new("thread pool starved for a moment", StarveAsync),
    ];

    private static async Task<string> ReloadAsync(SoakScene scene, string command)
    {
        for (var i = 0; i < Reloads; i++)
        {
            await scene.DoAsync(command);
        }

        try
        {
            await scene.LastAsync();
            await scene.TryAsync(() => scene.Client.SendBareAsync(scene.Client.Token()), "a token without its certificate", 401);
            return $"{Reloads} reloads, enforced as before";
        }
        finally
        {
            await scene.DoAsync(SoakCommands.ReloadValid);
        }
    }

    private static async Task<string> BreakAsync(SoakScene scene, string sink, SinkMode mode)
    {
        var before = (await scene.DoAsync(sink, mode.ToString()))[SoakCommands.SinkFaults];
        try
        {
            await scene.UntilAsync(reading => reading[SoakCommands.SinkFaults] > before, "the sink was never called");
            if (mode != SinkMode.Block)
            {
                await scene.LastAsync();
            }
        }
        finally
        {
            // Whoever is stuck in a sink that blocks goes on now.
            await scene.DoAsync(sink, nameof(SinkMode.Quiet));
        }

        await scene.LastAsync();
        return $"{(await scene.Server.ReadAsync())[SoakCommands.SinkFaults] - before} calls met it, decided as before";
    }

    private static async Task<string> LitterAsync(SoakScene scene)
    {
        await scene.DoAsync(SoakCommands.Litter, $"{Megabytes}");
        await scene.LastAsync();
        return $"{Megabytes} MB allocated, compacted while requests waited";
    }

    private static async Task<string> StarveAsync(SoakScene scene)
    {
        await scene.DoAsync(SoakCommands.Starve, $"{BlockedThreads}");
        try
        {
            await Task.Delay(Moment);
        }
        finally
        {
            await scene.DoAsync(SoakCommands.Feed);
        }

        await scene.LastAsync();
        return $"{BlockedThreads} threads blocked for a moment";
    }
}
