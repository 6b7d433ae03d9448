namespace BoundTokenEnforcement;

/// <summary>What is known of one resource. At any time at most one fetch is under way, and at most one waits behind it.</summary>
internal sealed class CachedMetadata(ResourceIdentifier resource, MetadataFetcher fetcher, TimeProvider clock)
{
    /// <summary>Between the beginnings of two fetches, whatever a server makes us doubt.</summary>
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    // One for each resource: an open circuit does not close the others.
    private readonly FetchPipeline _pipeline = new(FetchLimits.Metadata, clock);
    private volatile MetadataResult? _answer;
    private Fetch? _fetch;
    private long? _lastBegan;
    private int _doubts;

    /// <summary>The answer that may be used now; <see langword="null"/> if there is none. Takes no lock.</summary>
    internal MetadataResult? Current => _answer is { IsAlive: true } answer ? answer : null;

    /// <summary>The answer that may be used, fetched if need be. The fetch belongs to no caller: cancelling one caller does not end it.</summary>
    internal Task<MetadataResult> GetAsync()
    {
        lock (_lock)
        {
            if (Current is { } answer)
            {
                return Task.FromResult(answer);
            }

            // One that began before the last doubt would bring what is in doubt.
            if (_fetch is { Result.IsCompleted: false } pending && (pending.Doubts is null || pending.Doubts == _doubts))
            {
                return pending.Result;
            }

            var fetch = new Fetch();
            var before = _fetch is { Result.IsCompleted: false } ? _fetch.Result : null;

            // Nothing of the caller, its activity or its cancellation goes with it.
            using (ExecutionContext.SuppressFlow())
            {
                fetch.Result = Task.Run(() => RunAsync(fetch, before));
            }

            _fetch = fetch;
            return fetch.Result;
        }
    }

    internal void Renew()
    {
        lock (_lock)
        {
            _doubts++;

            // A failure holds no document that could be in doubt, and is not to be tried more often for it.
            if (_answer is { Document: not null })
            {
                _answer = null;
            }
        }
    }

    private async Task<MetadataResult> RunAsync(Fetch fetch, Task? before)
    {
        if (before is not null)
        {
            await before.ConfigureAwait(false);
        }

        if (_lastBegan is { } last && Pace - clock.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, clock).ConfigureAwait(false);
        }

        lock (_lock)
        {
            fetch.Doubts = _doubts;
            _lastBegan = clock.GetTimestamp();
        }

        var answer = await fetcher.FetchAsync(resource, _pipeline).ConfigureAwait(false);
        lock (_lock)
        {
            if (answer.Document is null || fetch.Doubts == _doubts)
            {
                _answer = answer;
            }
        }

        return answer;
    }

    private sealed class Fetch
    {
        internal Task<MetadataResult> Result { get; set; } = null!;

        /// <summary>How many doubts there were when it began; <see langword="null"/> while it waits.</summary>
        internal int? Doubts { get; set; }
    }
}
