namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Requests at a steady rate, one in ten of them an attack, whatever happens around.</summary>
internal sealed class ConstantLoad : IAsyncDisposable
{
    private const double ShareOfAttacks = 0.1;

    private readonly CancellationTokenSource _stop = new();
    private readonly Task[] _clients;

    internal ConstantLoad(SoakScene scene, SoakOptions options)
    {
        var clients = scene.Load.ToArray();
        var pause = TimeSpan.FromSeconds((double)clients.Length / options.Rate);
        _clients = [.. clients.Select((client, i) => Task.Run(() => RunAsync(scene, client, pause, options.Seed + i)))];
    }

    /// <summary>Ends if a client ends by itself, which none should.</summary>
    internal Task Broken => Task.WhenAny(_clients).Unwrap();

    /// <summary>No request begins any more; those that were begun end.</summary>
    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_clients).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(SoakScene scene, SoakClient client, TimeSpan pause, int seed)
    {
#pragma warning disable CA5394 // What is tried must be repeatable, not secret.
        var random = new Random(seed);
        using var timer = new PeriodicTimer(pause);
        while (!_stop.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            var attack = random.NextDouble() < ShareOfAttacks ? Attacks.All[random.Next(Attacks.All.Count)] : null;
#pragma warning restore CA5394
            var window = scene.Begin();
            var outcome = await Outcome.OfAsync(() => attack is null ? client.SendGoodAsync() : attack.SendAsync(client));
            window.End(attack?.Name ?? Window.Good, outcome);
        }
    }
}
