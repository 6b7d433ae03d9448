using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BoundTokenEnforcement;

/// <summary>
/// Repeats a fetch that failed in a way that may pass: at most three attempts, with growing and jittered pauses, within a total time, and none at all for a
/// while after too many failures. <c>Retry-After</c> has no effect: a server cannot make callers wait for a day.
/// </summary>
internal sealed class FetchPipeline(FetchLimits limits, TimeProvider clock)
{
    private readonly ResiliencePipeline<JsonFetch> _pipeline = new ResiliencePipelineBuilder<JsonFetch> { TimeProvider = clock }
        .AddTimeout(limits.Total)
        .AddRetry(new RetryStrategyOptions<JsonFetch>
        {
            MaxRetryAttempts = FetchLimits.Retries,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            MaxDelay = TimeSpan.FromSeconds(2),
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Result is { IsTransient: true, Fault: var fault } && (limits.RetriesTimeouts || fault != FetchFault.TimedOut)),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<JsonFetch>
        {
            FailureRatio = limits.FailureRatio,
            MinimumThroughput = limits.MinimumAttempts,
            SamplingDuration = limits.Window,
            BreakDuration = limits.Break,
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result.IsTransient),
        })
        .Build();

    /// <summary>Runs <paramref name="attempt"/>, once or more often.</summary>
    /// <exception cref="BoundTokenGuardException">An attempt threw it. It is not tried again.</exception>
    internal async Task<JsonFetch> RunAsync(Func<CancellationToken, Task<JsonFetch>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (attempt, cancellation) => await attempt(cancellation).ConfigureAwait(false), attempt, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return JsonFetch.Failed(FetchFault.TimedOut);
        }
        catch (BrokenCircuitException)
        {
            return JsonFetch.Failed(FetchFault.NotTried);
        }
    }
}
