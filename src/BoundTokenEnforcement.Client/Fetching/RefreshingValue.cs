namespace BoundTokenEnforcement;

/// <summary>
/// A value that is fetched once for all who ask at the same time, kept no longer than its life, and fetched anew in the background shortly before its end. The
/// fetch is not tied to a caller; cancelling one caller does not cancel it.
/// </summary>
/// <param name="fetch">Fetches the value. A <see cref="BoundTokenGuardException"/> is remembered for <paramref name="failureLifetime"/>.</param>
/// <param name="failureLifetime">For how long a failure is remembered.</param>
/// <param name="renewalFailed">Told of a failure that no caller notices, because the old value still lives.</param>
/// <param name="clock">The time.</param>
internal sealed class RefreshingValue<T>(
    Func<CancellationToken, Task<Renewal<T>>> fetch, TimeSpan failureLifetime, Action<BoundTokenGuardException> renewalFailed, TimeProvider clock) : IDisposable
    where T : class
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _disposed = new();
    private Renewal<T>? _kept;
    private FailedRenewal? _failure;
    private Task<(Renewal<T>? RefreshingValue, FailedRenewal? Failure)>? _refresh;

    /// <summary>The value.</summary>
    /// <exception cref="BoundTokenGuardException">There is none, now or a moment ago.</exception>
    internal ValueTask<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_kept is { IsOver: true })
            {
                _kept = null;
            }

            if (_kept is { IsDue: false } fresh)
            {
                return ValueTask.FromResult(fresh.Value);
            }

            if (_failure is { } failure && failure.Age.Elapsed < failureLifetime)
            {
                return _kept is { } old ? ValueTask.FromResult(old.Value) : throw failure.ToException();
            }

            _refresh ??= Start();
            return _kept is { } due ? ValueTask.FromResult(due.Value) : WaitAsync(_refresh, cancellationToken);
        }
    }

    /// <summary>Forgets the value if it is <paramref name="value"/>.</summary>
    internal void Drop(T value)
    {
        lock (_lock)
        {
            if (_kept is { } kept && ReferenceEquals(kept.Value, value))
            {
                _kept = null;
            }
        }
    }

    public void Dispose() => _disposed.Cancel();

    private static async ValueTask<T> WaitAsync(Task<(Renewal<T>? RefreshingValue, FailedRenewal? Failure)> flight, CancellationToken cancellationToken)
    {
        var (kept, failure) = await flight.WaitAsync(cancellationToken).ConfigureAwait(false);
        return kept?.Value ?? throw failure!.ToException();
    }

    // Nothing of the first caller goes along: neither its activity nor its cancellation.
    private Task<(Renewal<T>? RefreshingValue, FailedRenewal? Failure)> Start()
    {
        if (ExecutionContext.IsFlowSuppressed())
        {
            return Task.Run(RefreshAsync);
        }

        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(RefreshAsync);
        }
    }

    private async Task<(Renewal<T>? RefreshingValue, FailedRenewal? Failure)> RefreshAsync()
    {
        var (kept, failure) = await FetchAsync().ConfigureAwait(false);
        lock (_lock)
        {
            _refresh = null;
            _failure = failure;
            _kept = kept ?? _kept;
            if (failure is not null && _kept is not null)
            {
                renewalFailed(failure.Reason);
            }
        }

        return (kept, failure);
    }

    private async Task<(Renewal<T>? RefreshingValue, FailedRenewal? Failure)> FetchAsync()
    {
        try
        {
            return (await fetch(_disposed.Token).ConfigureAwait(false), null);
        }
        catch (BoundTokenGuardException refused)
        {
            return (null, new FailedRenewal(refused, Age.StartingNow(clock)));
        }
        catch (Exception e)
        {
            // What no rule expected is a refusal too.
            var refused = new BoundTokenGuardException(GuardFailure.Unexpected, "Something unexpected happened while fetching.", e);
            return (null, new FailedRenewal(refused, Age.StartingNow(clock)));
        }
    }
}
