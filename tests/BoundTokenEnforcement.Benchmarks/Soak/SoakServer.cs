using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The guarded API in its own process.</summary>
internal sealed class SoakServer : IChildServer
{
    internal const string Command = "serve-soak";

    private readonly SoakApplication _parts;
    private readonly WebApplication _application;
    private readonly ManualResetEventSlim _fed = new(initialState: true);

    private SoakServer(SoakApplication parts, WebApplication application)
    {
        _parts = parts;
        _application = application;
        Port = new Uri(application.Urls.First()).Port;
        Stopped = application.WaitForShutdownAsync();
    }

    public int Port { get; }

    public Task Stopped { get; }

    internal static async Task<IChildServer> StartAsync(SoakSetup setup)
    {
        var parts = new SoakApplication();
        var application = parts.Build(setup);
        await application.StartAsync();
        return new SoakServer(parts, application);
    }

    public void Do(ChildCommand command)
    {
        switch (command.Name)
        {
            case SoakCommands.Log:
                _parts.LogSink.Set(Enum.Parse<SinkMode>(command.Argument));
                break;
            case SoakCommands.Metrics:
                _parts.MetricsSink.Set(Enum.Parse<SinkMode>(command.Argument));
                break;
            case SoakCommands.Alarm:
                _parts.AlarmSink.Set(Enum.Parse<SinkMode>(command.Argument));
                break;
            case SoakCommands.ReloadValid:
                _parts.Settings.ReloadValid();
                break;
            case SoakCommands.ReloadInvalid:
                _parts.Settings.ReloadInvalid();
                break;
            case SoakCommands.Litter:
                Litter(command.Count);
                break;
            case SoakCommands.Starve:
                Starve(command.Count);
                break;
            case SoakCommands.Feed:
                _fed.Set();
                break;
            default:
                throw new NotSupportedException(command.Name);
        }
    }

    public ServerReading Read() => ServerReading.OfThisProcessInFull() with
    {
        Counters = new Dictionary<string, long>
        {
            [SoakCommands.Entered] = _parts.Proof.Entered,
            [SoakCommands.Unproven] = _parts.Proof.Unproven,
            [SoakCommands.TokensLogged] = _parts.Logger.WithToken,
            [SoakCommands.SinkFaults] = _parts.LogSink.Faults + _parts.MetricsSink.Faults + _parts.AlarmSink.Faults,
            [SoakCommands.KeyFetches] = _parts.Metrics.Fetches,
            [SoakCommands.FailedKeyFetches] = _parts.Metrics.FailedFetches,
        },
    };

    public async ValueTask DisposeAsync()
    {
        _fed.Set();
        await _application.DisposeAsync();
        _parts.Dispose();
        _fed.Dispose();
    }

    private static void Litter(int megabytes)
    {
        var kept = new byte[16][];
        for (var i = 0; i < megabytes; i++)
        {
            kept[i % kept.Length] = new byte[1024 * 1024];
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.KeepAlive(kept);
    }

    private void Starve(int threads)
    {
        _fed.Reset();
        for (var i = 0; i < threads; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static fed => fed.Wait(), _fed, preferLocal: false);
        }
    }
}
