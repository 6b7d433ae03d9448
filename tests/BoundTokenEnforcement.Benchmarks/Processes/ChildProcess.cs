using System.Diagnostics;
using System.Text.Json;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>This program once more, as a server. It ends when its end of the pipe does, so that none is left behind.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private readonly Task<string> _errors;

    private ChildProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    internal int Port { get; private set; }

    /// <summary>Starts a server.</summary>
    /// <param name="command">Which: the name of a hidden command of this program.</param>
    /// <param name="setup">What it must be told, as the first line of the pipe: not everything there belongs on a command line.</param>
    internal static async Task<ChildProcess> StartAsync<TSetup>(string command, TSetup setup)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        }

        start.ArgumentList.Add(command);
        // What the Web SDK sets for every ASP.NET Core application, and this program does not have.
        start.Environment["DOTNET_gcServer"] = "1";
        var child = new ChildProcess(Process.Start(start)!);
        await child._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(setup));
        child.Port = JsonSerializer.Deserialize<int>(await child.LineAsync());
        return child;
    }

    internal Task<ServerReading> ReadAsync() => DoAsync(new ChildCommand(ChildCommand.Read));

    internal async Task<ServerReading> DoAsync(ChildCommand command)
    {
        await _oneAtATime.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
            return JsonSerializer.Deserialize<ServerReading>(await LineAsync())!;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Asks the process to end, as an orchestrator does, and waits until it has.</summary>
    /// <returns>Its last words, and its exit code.</returns>
    internal async Task<(ServerReading Last, int ExitCode)> TerminateAsync()
    {
        await _oneAtATime.WaitAsync();
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(provider: null)]))
        {
            await kill.WaitForExitAsync();
        }

        var last = JsonSerializer.Deserialize<ServerReading>(await LineAsync())!;
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return (last, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task<string> LineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _process.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException($"The server has ended.\n{await _errors}");
    }
}
