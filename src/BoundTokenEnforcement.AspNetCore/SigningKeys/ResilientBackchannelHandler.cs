using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace BoundTokenEnforcement;

/// <summary>
/// Stands before the handler of the back channel, the application's own or the framework's. Each attempt is limited in time and bytes, a few are made, a little
/// later each time and not in step with other instances, and none for a moment after too many failures.
/// </summary>
internal sealed class ResilientBackchannelHandler : DelegatingHandler
{
    internal const int Retries = 2;
    internal const int AttemptsBeforeBreak = Retries + 1;

    // Short: who comes back shall be noticed within seconds.
    internal static readonly TimeSpan BreakDuration = TimeSpan.FromSeconds(1);

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly int _maxBytes;

    internal ResilientBackchannelHandler(HttpMessageHandler inner, SigningKeyOptions options, TimeProvider clock)
        : base(inner)
    {
        _maxBytes = options.MaxResponseBytes;
        _pipeline = CreatePipeline(options.AttemptTimeout, clock);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Keys are fetched by GET. What else the application sends over its back channel may not bear repetition.
        return request.Method == HttpMethod.Get && request.Content is null
            ? _pipeline.ExecuteAsync(
                static async (state, cancellation) => await state.Self.TryAsync(state.Request, cancellation).ConfigureAwait(false), (Self: this, Request: request), cancellationToken).AsTask()
            : base.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> TryAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            {
                throw new HttpRequestException($"The status is {(int)response.StatusCode}.", inner: null, response.StatusCode);
            }

            // Here, so that the limits of the attempt are those of the body too.
            await response.Content.LoadIntoBufferAsync(_maxBytes, cancellationToken).ConfigureAwait(false);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    // Retry-After is not looked at: the other server does not decide how long requests wait.
    private static ResiliencePipeline<HttpResponseMessage> CreatePipeline(TimeSpan attemptTimeout, TimeProvider clock) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome.Exception)),
                MaxRetryAttempts = Retries,
                Delay = TimeSpan.FromMilliseconds(200),
                MaxDelay = TimeSpan.FromSeconds(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome.Exception)),
                FailureRatio = 0.5,
                MinimumThroughput = AttemptsBeforeBreak,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = BreakDuration,
            })
            .AddTimeout(attemptTimeout)
            .Build();

    private static bool IsTransient(Exception? exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => false,
        HttpRequestException or IOException or TimeoutRejectedException => true,
        _ => false,
    };
}
