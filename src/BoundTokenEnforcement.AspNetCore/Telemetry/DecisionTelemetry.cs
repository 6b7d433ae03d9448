using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Tells decisions to everybody who listens. Whatever happens to the listeners, the decision stands.</summary>
internal sealed class DecisionTelemetry(BoundTokenMetrics metrics, RefusalLogLimit limit, ILogger<DecisionTelemetry> logger)
{
    internal async ValueTask TellAsync(
        HttpContext context,
        BoundTokenEnforcementOptions options,
        string scheme,
        EnforcementMode mode,
        BindingResult result,
        CertificateThumbprint expected,
        ClaimsPrincipal? principal)
    {
        var presented = ConnectionCertificate.Seen(context)?.Presented?.Thumbprint ?? default;
        try
        {
            metrics.Decided(scheme, mode, result);
            Tag(Activity.Current, result);
            Log(scheme, mode, result, expected, presented);
            if (result.Failure is { } failure && options.OnRefused is { } onRefused)
            {
                var (tokenId, clientId) = TokenNames.Of(context.Request, principal);
                await onRefused(new BoundTokenRefusal
                {
                    HttpContext = context,
                    Scheme = scheme,
                    Failure = failure,
                    Mode = mode,
                    Expected = expected,
                    Presented = presented,
                    TokenId = tokenId,
                    ClientId = clientId,
                });
            }
        }
#pragma warning disable CA1031 // Somebody's log sink, metrics listener or alarm is broken.
        catch (Exception e)
#pragma warning restore CA1031
        {
            TryLog(e);
        }
    }

    private void Log(string scheme, EnforcementMode mode, BindingResult result, CertificateThumbprint expected, CertificateThumbprint presented)
    {
        if (result.Failure is not { } failure)
        {
            logger.Accepted(scheme, result, presented);
        }
        else if (limit.TryPass(failure, out var suppressed))
        {
            logger.Refused(failure, scheme, mode, expected, presented);
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
            logger.TelemetryFailed(exception.GetType().Name);
        }
#pragma warning disable CA1031 // It was the log itself.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
