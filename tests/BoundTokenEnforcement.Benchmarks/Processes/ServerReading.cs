using System.Diagnostics;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What a server process has used since it started, read by itself.</summary>
internal sealed record ServerReading
{
    public double CpuMilliseconds { get; init; }

    public long AllocatedBytes { get; init; }

    public long HeapBytes { get; init; }

    public long WorkingSetBytes { get; init; }

    public int Handles { get; init; }

    public int Threads { get; init; }

    public long LogBytes { get; init; }

    public long LogRecords { get; init; }

    /// <summary>What only one kind of server counts, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();

    internal long this[string counter] => Counters.GetValueOrDefault(counter);

    /// <summary>What costs next to nothing to read, so that reading it does not count among what is read.</summary>
    internal static ServerReading OfThisProcess() => new()
    {
        CpuMilliseconds = Environment.CpuUsage.TotalTime.TotalMilliseconds,
        AllocatedBytes = GC.GetTotalAllocatedBytes(precise: true),
        HeapBytes = GC.GetTotalMemory(forceFullCollection: false),
    };

    /// <summary>The same with what the system has given to the process.</summary>
    internal static ServerReading OfThisProcessInFull()
    {
        using var process = Process.GetCurrentProcess();
        return OfThisProcess() with
        {
            WorkingSetBytes = process.WorkingSet64,
            Handles = OpenHandles(process),
            Threads = process.Threads.Count,
        };
    }

    // Process.HandleCount is always 0 on Linux and macOS.
    private static int OpenHandles(Process process) =>
        OperatingSystem.IsWindows() ? process.HandleCount : Directory.GetFileSystemEntries("/dev/fd").Length;
}
