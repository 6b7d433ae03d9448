using System.Collections.Concurrent;
using System.Diagnostics;

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
        _process = new Process { StartInfo = SampleProgram.StartInfo(name, [], configuration) };
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

    /// <summary>How many requests for <paramref name="path"/> this API itself says that it got.</summary>
    public async Task<int> CountRequestsAsync(string path, HttpClient anybody, CancellationToken cancellationToken)
    {
        // The log is written in order: whatever came before this request stands before it.
        var last = $"{Resource}/public?{Guid.NewGuid():n}";
        using (await anybody.GetAsync(new Uri(last), cancellationToken))
        {
        }

        while (!_log.Any(line => line.Contains(last, StringComparison.Ordinal)))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
        }

        return _log.Count(line => line.Contains("Request starting", StringComparison.Ordinal) && line.Contains($" {Resource}{path} ", StringComparison.Ordinal));
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

    private void Remember(string? line)
    {
        if (line is not null)
        {
            _log.Enqueue(line);
        }
    }
}
