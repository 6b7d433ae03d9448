using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The server of one variant, in its own process.</summary>
internal sealed class VariantServer : IChildServer
{
    internal const string Command = "serve";

    private readonly WebApplication _application;
    private readonly CountingSink _sink;

    private VariantServer(WebApplication application, CountingSink sink)
    {
        _application = application;
        _sink = sink;
        Port = new Uri(application.Urls.First()).Port;
        Stopped = application.WaitForShutdownAsync();
    }

    public int Port { get; }

    public Task Stopped { get; }

    internal static async Task<IChildServer> StartAsync(ServerSetup setup)
    {
        if (setup.Affinity != 0 && (OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            using var process = Process.GetCurrentProcess();
            process.ProcessorAffinity = (nint)setup.Affinity;
        }

        var sink = new CountingSink();
        var application = VariantApplication.Build(setup, sink);
        await application.StartAsync();
        return new VariantServer(application, sink);
    }

    public void Do(ChildCommand command) => throw new NotSupportedException(command.Name);

    public ServerReading Read() => ServerReading.OfThisProcess() with { LogBytes = _sink.Bytes, LogRecords = _sink.Records };

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
