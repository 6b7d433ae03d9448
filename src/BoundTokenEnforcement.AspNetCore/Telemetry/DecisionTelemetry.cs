using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Tells decisions to everybody who listens. Whatever happens to the listeners, the decision stands.</summary>
internal sealed class DecisionTelemetry(
    BoundTokenMetrics metrics, RejectionLogLimiter limit, ReplacedCertificate replaced, TimeProvider clock, ILogger<DecisionTelemetry> logger)
{
    private readonly BoundTokenMetrics _metrics = metrics;
    private readonly ReplacedCertificate _replaced = replaced;

    // A flood of refusals is one of broken alarms too.
    private readonly LogRateLimiter _failures = new(clock);

    internal async ValueTask RecordAsync(HttpContext context, BoundTokenEnforcementOptions options, BindingDecision judgement)
    {
        var presented = ClientCertificateState.Of(context)?.Presented?.Thumbprint ?? default;
        Try(static (self, judgement, _) => self._metrics.Decided(judgement), judgement, presented);
        Try(static (_, judgement, _) => Tag(Activity.Current, judgement.Result), judgement, presented);
        Try(static (self, judgement, presented) => self.Log(judgement, presented), judgement, presented);
        if (judgement.Result.Failure is { } failure)
        {
            Try((self, _, _) => self._replaced.Observe(context), judgement, presented);
            if (options.OnRejected is { } onRefused)
            {
                await AlarmAsync(onRefused, context, judgement, failure, presented).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask AlarmAsync(
        Func<BindingRejectedContext, ValueTask> onRefused, HttpContext context, BindingDecision judgement, BindingFailure failure, CertificateThumbprint presented)
    {
        try
        {
            var (tokenId, clientId) = TokenIdentifiers.Of(context.Request, judgement.Success?.Principal);
            await onRefused(new BindingRejectedContext
            {
                HttpContext = context,
                Scheme = judgement.Scheme,
                Failure = failure,
                Mode = judgement.Mode,
                Expected = judgement.Expected,
                Presented = presented,
                IsTokenValidated = judgement.Success is not null,
                TokenId = tokenId,
                ClientId = clientId,
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Somebody's alarm is broken.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryLog(e);
        }
    }

    private void Try(Action<DecisionTelemetry, BindingDecision, CertificateThumbprint> tell, BindingDecision judgement, CertificateThumbprint presented)
    {
        try
        {
            tell(this, judgement, presented);
        }
#pragma warning disable CA1031 // Somebody's log sink or metrics listener is broken. The others shall hear all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryLog(e);
        }
    }

    private void Log(BindingDecision judgement, CertificateThumbprint presented)
    {
        if (judgement.Result.Failure is not { } failure)
        {
            logger.Accepted(judgement.Scheme, judgement.Result, presented);
        }
        else if (limit.TryPass(failure, judgement.Success is not null, out var suppressed))
        {
            logger.Refused(failure, judgement.Scheme, judgement.Mode, judgement.Success is not null, judgement.Expected, presented);
            if (suppressed > 0)
            {
                logger.RefusalsSuppressed(suppressed, failure);
            }
        }
    }

    private static void Tag(Activity? activity, BindingResult result)
    {
        if (activity is { IsAllDataRequested: true })
        {
            activity.SetTag(BoundTokenTelemetry.OutcomeTag, result.Outcome.ToString());
            activity.SetTag(BoundTokenTelemetry.FailureTag, result.Failure?.ToString());
        }
    }

    private void TryLog(Exception exception)
    {
        try
        {
            if (_failures.TryPass(out _))
            {
                logger.TelemetryFailed(exception.GetType().Name);
            }
        }
#pragma warning disable CA1031 // It was the log itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
