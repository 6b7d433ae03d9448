using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// The log messages of this assembly. Refusals have the number of their <see cref="BindingFailure"/> plus 100. Never a token, a key or
/// a whole certificate; thumbprints are allowed.
/// </summary>
internal static partial class Log
{
    /// <summary>Tells one decision.</summary>
    internal static void Decided(
        this ILogger logger, string scheme, BindingResult result, CertificateThumbprint expected, CertificateThumbprint presented)
    {
        switch (result.Failure)
        {
            case null when result.Outcome == BindingOutcome.Verified:
                logger.BindingVerified(scheme, presented);
                break;
            case null:
                logger.TokenAcceptedUnbound(scheme);
                break;
            case BindingFailure.TokenUnbound:
                logger.TokenUnbound(scheme);
                break;
            case BindingFailure.CertificateMissing:
                logger.CertificateMissing(scheme, expected);
                break;
            case BindingFailure.CertificateMismatch:
                logger.CertificateMismatch(scheme, expected, presented);
                break;
            case BindingFailure.ConfirmationMalformed:
                logger.ConfirmationMalformed(scheme);
                break;
            case BindingFailure.ThumbprintMalformed:
                logger.ThumbprintMalformed(scheme);
                break;
            case BindingFailure.MethodUnsupported:
                logger.MethodUnsupported(scheme);
                break;
            case BindingFailure.MemberRepeated:
                logger.MemberRepeated(scheme);
                break;
            case BindingFailure.PayloadUnreadable:
                logger.PayloadUnreadable(scheme);
                break;
            case BindingFailure.TokenNotSeen:
                logger.TokenNotSeen(scheme);
                break;
            case BindingFailure.TokenTypeUnknown:
                logger.TokenTypeUnknown(scheme);
                break;
            case BindingFailure.ConnectionNotSeen:
                logger.ConnectionNotSeen(scheme);
                break;
            case BindingFailure.RequestMalformed:
                logger.RequestMalformed();
                break;
            default:
                logger.Unexpected(scheme, result.Failure);
                break;
        }
    }

    [LoggerMessage(200, LogLevel.Debug, "{Scheme}: token bound to {Thumbprint}, which the connection presented.", EventName = "BindingVerified")]
    private static partial void BindingVerified(this ILogger logger, string scheme, CertificateThumbprint thumbprint);

    [LoggerMessage(201, LogLevel.Debug, "{Scheme}: token without a binding accepted, because the requirement is WhenBound.", EventName = "TokenAcceptedUnbound")]
    private static partial void TokenAcceptedUnbound(this ILogger logger, string scheme);

    [LoggerMessage(100, LogLevel.Error, "{Scheme}: refused for a reason that has no rule ({Failure}). Please report it.", EventName = "Unexpected")]
    private static partial void Unexpected(this ILogger logger, string scheme, BindingFailure? failure);

    [LoggerMessage(101, LogLevel.Warning, "{Scheme}: refused a token that is bound to no certificate. BoundTokens:Requirement = WhenBound would accept it.", EventName = "TokenUnbound")]
    private static partial void TokenUnbound(this ILogger logger, string scheme);

    [LoggerMessage(102, LogLevel.Warning, "{Scheme}: refused a token bound to {Expected}, because the connection presented no certificate.", EventName = "CertificateMissing")]
    private static partial void CertificateMissing(this ILogger logger, string scheme, CertificateThumbprint expected);

    [LoggerMessage(103, LogLevel.Warning, "{Scheme}: refused a token bound to {Expected}, because the connection presented {Presented}.", EventName = "CertificateMismatch")]
    private static partial void CertificateMismatch(this ILogger logger, string scheme, CertificateThumbprint expected, CertificateThumbprint presented);

    [LoggerMessage(104, LogLevel.Warning, "{Scheme}: refused a token whose cnf is not an object with members.", EventName = "ConfirmationMalformed")]
    private static partial void ConfirmationMalformed(this ILogger logger, string scheme);

    [LoggerMessage(105, LogLevel.Warning, "{Scheme}: refused a token whose x5t#S256 is not 43 characters of canonical base64url.", EventName = "ThumbprintMalformed")]
    private static partial void ThumbprintMalformed(this ILogger logger, string scheme);

    [LoggerMessage(106, LogLevel.Warning, "{Scheme}: refused a token whose cnf names a key in a way that is not verified here.", EventName = "MethodUnsupported")]
    private static partial void MethodUnsupported(this ILogger logger, string scheme);

    [LoggerMessage(107, LogLevel.Warning, "{Scheme}: refused a token in which a claim, or a member of cnf, stands twice.", EventName = "MemberRepeated")]
    private static partial void MemberRepeated(this ILogger logger, string scheme);

    [LoggerMessage(108, LogLevel.Warning, "{Scheme}: refused a token whose payload is not one JSON object of bearable size.", EventName = "PayloadUnreadable")]
    private static partial void PayloadUnreadable(this ILogger logger, string scheme);

    [LoggerMessage(109, LogLevel.Error, "{Scheme}: refused a success without a validated token. Does an event call Success()?", EventName = "TokenNotSeen")]
    private static partial void TokenNotSeen(this ILogger logger, string scheme);

    [LoggerMessage(110, LogLevel.Error, "{Scheme}: refused a token of a type whose payload cannot be read here.", EventName = "TokenTypeUnknown")]
    private static partial void TokenTypeUnknown(this ILogger logger, string scheme);

    [LoggerMessage(111, LogLevel.Error, "{Scheme}: refused, because the request did not pass the start of the pipeline.", EventName = "ConnectionNotSeen")]
    private static partial void ConnectionNotSeen(this ILogger logger, string scheme);

    [LoggerMessage(112, LogLevel.Warning, "Refused a request whose token was not sent in one unambiguous Authorization header field.", EventName = "RequestMalformed")]
    private static partial void RequestMalformed(this ILogger logger);
}
