using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Listens to our meter twice: once to count the fetches of keys, and once as somebody whose code may misbehave.</summary>
internal sealed class SinkMetrics : IDisposable
{
    private readonly MeterListener _counting = new();
    private readonly MeterListener _faulty = new();
    private readonly ConcurrentDictionary<string, long> _fetches = new(StringComparer.Ordinal);

    internal SinkMetrics(Sink sink)
    {
        Listen(_counting, Count);
        Listen(_faulty, (_, _, _) => sink.Called());
    }

    internal long Fetches => _fetches.Values.Sum();

    internal long FailedFetches => _fetches.GetValueOrDefault(bool.FalseString);

    /// <inheritdoc/>
    public void Dispose()
    {
        _counting.Dispose();
        _faulty.Dispose();
    }

    private static void Listen(MeterListener listener, Action<Instrument, double, ReadOnlySpan<KeyValuePair<string, object?>>> measured)
    {
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (instrument.Meter.Name == BoundTokenTelemetry.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured(instrument, value, tags));
        listener.Start();
    }

    private void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (instrument.Name != BoundTokenTelemetry.KeyFetchesCounterName)
        {
            return;
        }

        foreach (var (name, tag) in tags)
        {
            if (name == BoundTokenTelemetry.KeysFetchedTag)
            {
                _fetches.AddOrUpdate(tag?.ToString() ?? "", (long)value, (_, count) => count + (long)value);
            }
        }
    }
}
