using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>The log messages of this assembly. Never a token, a key or a whole certificate.</summary>
internal static partial class Log
{
    /// <summary>Event 300 plus the number of the refusal, by the name of the refusal.</summary>
    internal static void RequestRefused(this ILogger logger, GuardFailure refusal, ResourceIdentifier resource, string reason) =>
        logger.Log(
            LogLevel.Warning,
            new EventId(300 + (int)refusal, refusal.ToString()),
            new RefusedRequest(resource, refusal, reason),
            null,
            static (state, _) => state.ToString());

    [LoggerMessage(350, LogLevel.Critical, "{Resource} said that it enforces bound tokens, and no longer does. Nothing is sent to it.", EventName = "EnforcementWithdrawn")]
    internal static partial void EnforcementWithdrawn(this ILogger logger, ResourceIdentifier resource);

    [LoggerMessage(351, LogLevel.Warning, "{Resource} challenged with a metadata URL that is not its own. It is not followed.", EventName = "ChallengeContradicts")]
    internal static partial void ChallengeContradicts(this ILogger logger, ResourceIdentifier resource);

    [LoggerMessage(352, LogLevel.Debug, "A token for {Resource} was obtained with the certificate {Thumbprint}; it lives {Life}.", EventName = "TokenObtained")]
    internal static partial void TokenObtained(this ILogger logger, ResourceIdentifier resource, CertificateThumbprint thumbprint, TimeSpan life);

    [LoggerMessage(353, LogLevel.Warning, "The token for {Resource} could not be renewed ({Refusal}): {Reason} The old one is used until its end.", EventName = "TokenRenewalFailed")]
    internal static partial void TokenRenewalFailed(this ILogger logger, ResourceIdentifier resource, GuardFailure refusal, string reason);

    [LoggerMessage(355, LogLevel.Error, "OnEnforcementWithdrawn threw for {Resource}.", EventName = "AlarmFailed")]
    internal static partial void AlarmFailed(this ILogger logger, ResourceIdentifier resource, Exception exception);
}
