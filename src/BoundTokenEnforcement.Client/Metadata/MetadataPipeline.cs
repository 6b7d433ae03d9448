using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BoundTokenEnforcement;

/// <summary>How often and how long a resource is asked. One pipeline per resource: a broken one does not close the others.</summary>
internal static class MetadataPipeline
{
    internal static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    internal static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(30);
    internal const int Retries = 2;
    internal const int AttemptsBeforeBreak = 6;

    // Retry-After is not looked at: the other server does not decide how long callers wait, least of all for a day.
    internal static ResiliencePipeline Create(TimeProvider clock) => new ResiliencePipelineBuilder { TimeProvider = clock }
        .AddTimeout(FetchTimeout)
        .AddRetry(new RetryStrategyOptions
        {
            // Not after a timeout: callers have waited long enough.
            ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome.Exception is MetadataAttemptFailedException),
            MaxRetryAttempts = Retries,
            Delay = TimeSpan.FromMilliseconds(200),
            MaxDelay = TimeSpan.FromSeconds(1),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome.Exception is MetadataAttemptFailedException or TimeoutRejectedException),
            FailureRatio = 1,
            MinimumThroughput = AttemptsBeforeBreak,
            SamplingDuration = TimeSpan.FromMinutes(2),
            BreakDuration = BreakDuration,
        })
        .AddTimeout(AttemptTimeout)
        .Build();
}
