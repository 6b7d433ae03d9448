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
    private readonly ILogger _logger = logger;

    // A flood of refusals is one of broken alarms too.
    private readonly LogRateLimiter _failures = new(clock);

    internal ValueTask RecordAsync(HttpContext context, RequestBinding request, BindingDecision decision)
    {
        var presented = request.Certificate?.Presented?.Thumbprint ?? default;
        Try(static (self, decision, _) => self._metrics.Decided(decision), decision, presented);
        Try(static (_, decision, _) => Tag(Activity.Current, decision.Result), decision, presented);
        Try(static (self, decision, presented) => self.Log(decision, presented), decision, presented);
        return decision.Result.Failure is { } failure ? RecordRejectionAsync(context, request, decision, failure, presented) : ValueTask.CompletedTask;
    }

    private ValueTask RecordRejectionAsync(
        HttpContext context, RequestBinding request, BindingDecision decision, BindingFailure failure, CertificateThumbprint presented)
    {
        Try((self, _, _) => self._replaced.Observe(context, request), decision, presented);
        return request.Options.OnRejected is { } onRejected ? AlarmAsync(onRejected, context, decision, failure, presented) : ValueTask.CompletedTask;
    }

    private async ValueTask AlarmAsync(
        Func<BindingRejectedContext, ValueTask> onRejected, HttpContext context, BindingDecision decision, BindingFailure failure, CertificateThumbprint presented)
    {
        try
        {
            var (tokenId, clientId) = TokenIdentifiers.Of(context.Request, decision.Success?.Principal);
            await onRejected(new BindingRejectedContext
            {
                HttpContext = context,
                Scheme = decision.Scheme,
                Failure = failure,
                Mode = decision.Mode,
                Expected = decision.Expected,
                Presented = presented,
                IsTokenValidated = decision.Success is not null,
                TokenId = tokenId,
                ClientId = clientId,
            }).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A failing alarm must not change the answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryLog(e);
        }
    }

    private void Try(Action<DecisionTelemetry, BindingDecision, CertificateThumbprint> tell, BindingDecision decision, CertificateThumbprint presented)
    {
        try
        {
            tell(this, decision, presented);
        }
#pragma warning disable CA1031 // A failing log provider or metrics listener must not fail the request. The others shall hear all the same.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryLog(e);
        }
    }

    private void Log(BindingDecision decision, CertificateThumbprint presented)
    {
        if (decision.Result.Failure is not { } failure)
        {
            _logger.Accepted(decision.Scheme, decision.Result, presented);
        }
        else if (limit.TryPass(failure, decision.Success is not null, out var suppressed))
        {
            _logger.Refused(failure, decision.Scheme, decision.Mode, decision.Success is not null, decision.Expected, presented);
            if (suppressed > 0)
            {
                _logger.RefusalsSuppressed(suppressed, failure);
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

    private void TryLog(Exception exception) => Observers.Notify((this, exception), static failed =>
    {
        if (failed.Item1._failures.TryPass(out _))
        {
            failed.Item1._logger.TelemetryFailed(failed.exception.GetType().Name);
        }
    });
}
