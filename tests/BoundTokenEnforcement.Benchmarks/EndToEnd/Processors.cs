using System.Diagnostics;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Keeps the load away from the processors of the server, so that requests per second say what the server can do.</summary>
internal static class Processors
{
    private static int Half => Environment.ProcessorCount / 2;

    internal static long Server => (1L << Half) - 1;

    private static long Load => ((1L << Environment.ProcessorCount) - 1) & ~Server;

    internal static void KeepLoadAway()
    {
        if (Half is > 0 and < 32 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using var process = Process.GetCurrentProcess();
            process.ProcessorAffinity = (nint)Load;
            return;
        }

        throw new NotSupportedException("The processors cannot be divided here.");
    }
}
