using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Tells what the guard did.</summary>
internal sealed class GuardTelemetry
{
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _fetches;
    private readonly Counter<long> _tokenRequests;
    private readonly ILogger<GuardTelemetry> _logger;

    public GuardTelemetry(IMeterFactory meters, ILogger<GuardTelemetry> logger)
    {
        var meter = meters.Create(BoundTokenGuardTelemetry.MeterName);
        _refusals = meter.CreateCounter<long>(BoundTokenGuardTelemetry.RefusalsCounterName, "{request}", "Requests that were not sent.");
        _fetches = meter.CreateCounter<long>(BoundTokenGuardTelemetry.FetchesCounterName, "{fetch}", "Metadata documents asked for.");
        _tokenRequests = meter.CreateCounter<long>(BoundTokenGuardTelemetry.TokenRequestsCounterName, "{request}", "Tokens asked for.");
        _logger = logger;
    }

    internal void Refused(ResourceIdentifier resource, BoundTokenGuardException refused)
    {
        var refusal = refused.Failure.ToString();
        _refusals.Add(1, new TagList { { BoundTokenGuardTelemetry.ResourceTag, resource.Value }, { BoundTokenGuardTelemetry.FailureTag, refusal } });
        Activity.Current?.SetTag(BoundTokenGuardTelemetry.ResourceTag, resource.Value).SetTag(BoundTokenGuardTelemetry.FailureTag, refusal);
        _logger.RequestRefused(refused.Failure, resource, refused.Message);
    }

    internal void Fetched(ResourceIdentifier resource, bool success) =>
        _fetches.Add(1, new TagList { { BoundTokenGuardTelemetry.ResourceTag, resource.Value }, { BoundTokenGuardTelemetry.SuccessTag, success } });

    internal void TokenRequested(ResourceIdentifier resource, bool success) =>
        _tokenRequests.Add(1, new TagList { { BoundTokenGuardTelemetry.ResourceTag, resource.Value }, { BoundTokenGuardTelemetry.SuccessTag, success } });

    internal void TokenObtained(ResourceIdentifier resource, CertificateThumbprint thumbprint, TimeSpan life) =>
        _logger.TokenObtained(resource, thumbprint, life);

    internal void TokenRenewalFailed(ResourceIdentifier resource, BoundTokenGuardException reason) =>
        _logger.TokenRenewalFailed(resource, reason.Failure, reason.Message);

    internal void EnforcementWithdrawn(ResourceIdentifier resource) => _logger.EnforcementWithdrawn(resource);

    internal void AlarmFailed(ResourceIdentifier resource, Exception exception) => _logger.AlarmFailed(resource, exception);

    internal void ChallengeContradicts(ResourceIdentifier resource) => _logger.ChallengeContradicts(resource);
}
