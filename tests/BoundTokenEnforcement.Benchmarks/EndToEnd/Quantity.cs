namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What is compared.</summary>
internal enum Quantity
{
    RequestsPerSecond,
    CpuMicrosecondsPerRequest,
    AllocatedBytesPerRequest,
    LogBytesPerRequest,
}
