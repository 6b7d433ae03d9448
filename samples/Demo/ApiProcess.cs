using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Demo;

/// <summary>An API in a process of its own, told everything by environment variables, as anybody would run it.</summary>
internal sealed class ApiProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private ApiProcess(string name, string resource, IReadOnlyDictionary<string, string> configuration)
    {
        Name = name;
        Resource = resource;
        _process = new Process { StartInfo = StartInfo(name, configuration) };
        _process.OutputDataReceived += (_, line) => Remember(line.Data);
        _process.ErrorDataReceived += (_, line) => Remember(line.Data);
    }

    public string Name { get; }

    /// <summary>Its resource identifier, which is also where it listens.</summary>
    public string Resource { get; }

    /// <summary>What the process has printed.</summary>
    public string Log => string.Join(Environment.NewLine, _log);

    /// <summary>Starts the API and returns when it answers.</summary>
    public static async Task<ApiProcess> StartAsync(
        string name, string resource, IReadOnlyDictionary<string, string> configuration, HttpClient anybody, CancellationToken cancellationToken)
    {
        var api = new ApiProcess(name, resource, configuration);
        try
        {
            api._process.Start();
            api._process.BeginOutputReadLine();
            api._process.BeginErrorReadLine();
            await api.WaitUntilItAnswersAsync(anybody, cancellationToken);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It never started, or has ended by itself.
        }

        _process.Dispose();
    }

    private async Task WaitUntilItAnswersAsync(HttpClient anybody, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StartDeadline);
        try
        {
            while (!await AnswersAsync(anybody, deadline.Token))
            {
                if (_process.HasExited)
                {
                    await _process.WaitForExitAsync(deadline.Token);
                    throw new DemoFailedException($"{Name} ended before it answered:\n{Log}", Log.Contains("address already in use", StringComparison.OrdinalIgnoreCase));
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DemoFailedException($"{Name} did not answer within {StartDeadline.TotalSeconds} seconds:\n{Log}");
        }
    }

    private async Task<bool> AnswersAsync(HttpClient anybody, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await anybody.GetAsync(new Uri($"{Resource}/public"), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static ProcessStartInfo StartInfo(string name, IReadOnlyDictionary<string, string> configuration)
    {
        var assembly = PathOf(name);
        var start = new ProcessStartInfo(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"), [assembly])
        {
            // Where its appsettings.json would be looked for: not in the folder that the Demo happens to run in.
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in configuration)
        {
            start.Environment[key] = value;
        }

        return start;
    }

    private static string PathOf(string name)
    {
        var metadata = typeof(ApiProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(metadata => metadata.Key == name);
        return metadata?.Value is { } path
            ? Path.GetFullPath(path, AppContext.BaseDirectory)
            : throw new DemoFailedException($"The Demo was built without {name}.");
    }

    private void Remember(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }
}
