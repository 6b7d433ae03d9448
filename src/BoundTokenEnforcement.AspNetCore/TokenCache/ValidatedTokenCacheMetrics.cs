using System.Diagnostics.Metrics;

namespace BoundTokenEnforcement;

internal sealed class ValidatedTokenCacheMetrics
{
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private long _evicted;

    /// <param name="factory">Makes the meter.</param>
    /// <param name="bytes">What the remembered signatures take now.</param>
    /// <param name="evicted">How many were remembered once, and are not any more.</param>
    internal ValidatedTokenCacheMetrics(IMeterFactory factory, Func<long> bytes, Func<long> evicted)
    {
        var meter = factory.Create(BoundTokenTelemetry.MeterName);
        _hits = meter.CreateCounter<long>(
            ValidatedTokenCacheTelemetry.HitsCounterName, unit: "{signature}", description: "Signatures that were remembered.");
        _misses = meter.CreateCounter<long>(
            ValidatedTokenCacheTelemetry.MissesCounterName, unit: "{signature}", description: "Signatures that had to be verified.");
        // Two numbers are read one after the other while both grow; a counter must not go back for that.
        meter.CreateObservableCounter(
            ValidatedTokenCacheTelemetry.EvictionsCounterName,
            () => _evicted = Math.Max(_evicted, evicted()),
            unit: "{signature}",
            description: "Signatures that were verified and are no longer remembered, because the cache was full.");
        meter.CreateObservableUpDownCounter(
            ValidatedTokenCacheTelemetry.BytesCounterName, bytes, unit: "By", description: "What the remembered signatures take.");
    }

    internal void Hit() => Observers.Notify(_hits, static counter => counter.Add(1));

    internal void Missed() => Observers.Notify(_misses, static counter => counter.Add(1));
}
