using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// The log messages of this assembly; refusals stand in their own file. Never a token, a key or a whole certificate; thumbprints are allowed.
/// </summary>
internal static partial class LogMessages
{
    internal static void Accepted(this ILogger logger, string scheme, BindingResult result, CertificateThumbprint presented)
    {
        if (result.Binding is null)
        {
            logger.TokenAcceptedUnbound(scheme);
        }
        else
        {
            logger.BindingVerified(scheme, presented);
        }
    }

    [LoggerMessage(200, LogLevel.Debug, "{Scheme}: token bound to {Thumbprint}, which was presented.", EventName = "BindingVerified")]
    private static partial void BindingVerified(this ILogger logger, string scheme, CertificateThumbprint thumbprint);

    [LoggerMessage(201, LogLevel.Debug, "{Scheme}: token without a binding accepted, because the requirement is WhenBound.", EventName = "TokenAcceptedUnbound")]
    private static partial void TokenAcceptedUnbound(this ILogger logger, string scheme);

    [LoggerMessage(202, LogLevel.Warning, "{Count} more refusals like this one ({Failure}) were not logged; the counter has them all.", EventName = "RefusalsSuppressed")]
    internal static partial void RefusalsSuppressed(this ILogger logger, long count, BindingFailure failure);

    [LoggerMessage(203, LogLevel.Error, "A listener to decisions failed ({ExceptionType}). The decision stands.", EventName = "TelemetryFailed")]
    internal static partial void TelemetryFailed(this ILogger logger, string exceptionType);

    [LoggerMessage(204, LogLevel.Warning, "Something in the pipeline (UseCertificateForwarding?) replaced the certificate of the connection. Bindings ignore it.", EventName = "CertificateReplaced")]
    internal static partial void CertificateReplaced(this ILogger logger);

    [LoggerMessage(210, LogLevel.Information, "New options are in force: requirement {Requirement}, mode {Mode}.", EventName = "PolicyReloaded")]
    internal static partial void PolicyReloaded(this ILogger logger, BindingRequirement requirement, EnforcementMode mode);

    [LoggerMessage(211, LogLevel.Error, "The new options are not valid, and the last good ones stay in force: {Fault}", EventName = "ReloadRefused")]
    internal static partial void ReloadRefused(this ILogger logger, string fault);

    [LoggerMessage(230, LogLevel.Information, "{Report}", EventName = "AuditPassed")]
    internal static partial void AuditPassed(this ILogger logger, string report);

    [LoggerMessage(231, LogLevel.Warning, "{Report}", EventName = "AuditWarned")]
    internal static partial void AuditWarned(this ILogger logger, string report);

    [LoggerMessage(232, LogLevel.Error, "{Report}", EventName = "AuditFailed")]
    internal static partial void AuditFailed(this ILogger logger, string report);

    [LoggerMessage(270, LogLevel.Warning, "{Scheme}: its SignatureValidator verifies signatures, so none are remembered and each token costs a verification.", EventName = "SignaturesNotRemembered")]
    internal static partial void SignaturesNotRemembered(this ILogger logger, string scheme);

    [LoggerMessage(271, LogLevel.Information, "{Scheme}: signatures are remembered and identities are not, because {Obstacle}.", EventName = "IdentitiesNotRemembered")]
    internal static partial void IdentitiesNotRemembered(this ILogger logger, string scheme, string obstacle);
}
