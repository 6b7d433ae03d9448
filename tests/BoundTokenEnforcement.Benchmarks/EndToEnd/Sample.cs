namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What was measured of one cell in one round.</summary>
/// <param name="Seconds">How long it was under load.</param>
/// <param name="Requests">How many requests were answered, all as expected.</param>
/// <param name="CpuMilliseconds">The CPU time of the server's process.</param>
/// <param name="AllocatedBytes">What the server allocated.</param>
/// <param name="LogBytes">What the server logged.</param>
internal sealed record Sample(double Seconds, long Requests, double CpuMilliseconds, long AllocatedBytes, long LogBytes)
{
    internal double Of(Quantity quantity) => quantity switch
    {
        Quantity.RequestsPerSecond => Requests / Seconds,
        Quantity.CpuMicrosecondsPerRequest => CpuMilliseconds * 1000 / Requests,
        Quantity.AllocatedBytesPerRequest => (double)AllocatedBytes / Requests,
        _ => (double)LogBytes / Requests,
    };

    internal static Sample Between(ServerReading before, ServerReading after, double seconds, long requests) => new(
        seconds,
        requests,
        after.CpuMilliseconds - before.CpuMilliseconds,
        after.AllocatedBytes - before.AllocatedBytes,
        after.LogBytes - before.LogBytes);
}
