using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BoundTokenEnforcement;

/// <summary>
/// Tries a fetch that may be repeated: at most three times, a little later each time and not in step with others, within a total time, and not at all for a
/// while after too many failures. <c>Retry-After</c> has no effect: a server cannot make us wait for a day.
/// </summary>
internal sealed class FetchPipeline(TimeSpan totalTimeout, TimeProvider clock)
{
    private readonly ResiliencePipeline<JsonFetch> _pipeline = new ResiliencePipelineBuilder<JsonFetch> { TimeProvider = clock }
        .AddTimeout(totalTimeout)
        .AddRetry(new RetryStrategyOptions<JsonFetch>
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            MaxDelay = TimeSpan.FromSeconds(2),
            ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result.IsTransient),
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<JsonFetch>
        {
            FailureRatio = 0.9,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromSeconds(30),
            BreakDuration = TimeSpan.FromSeconds(10),
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
