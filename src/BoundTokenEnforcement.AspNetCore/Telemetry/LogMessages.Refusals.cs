using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>One message for each <see cref="BindingFailure"/>. Its number is the failure's plus 100, its name the failure's.</summary>
internal static partial class LogMessages
{
    internal static void Refused(
        this ILogger logger,
        BindingFailure failure,
        string scheme,
        EnforcementMode mode,
        bool isTokenValidated,
        CertificateThumbprint expected,
        CertificateThumbprint presented)
    {
        // Before its signature is verified, a token says whatever its sender likes.
        var token = isTokenValidated ? "a valid" : "an unverified";
        var action = mode == EnforcementMode.ReportOnly ? "would have refused" : "refused";
        switch (failure)
        {
            case BindingFailure.TokenUnbound:
                logger.TokenUnbound(scheme, mode, action, token);
                break;
            case BindingFailure.CertificateMissing:
                logger.CertificateMissing(scheme, mode, action, token, expected);
                break;
            case BindingFailure.CertificateMismatch:
                logger.CertificateMismatch(scheme, mode, action, token, expected, presented);
                break;
            case BindingFailure.ConfirmationMalformed:
                logger.ConfirmationMalformed(scheme, mode, action, token);
                break;
            case BindingFailure.ThumbprintMalformed:
                logger.ThumbprintMalformed(scheme, mode, action, token);
                break;
            case BindingFailure.MethodUnsupported:
                logger.MethodUnsupported(scheme, mode, action, token);
                break;
            case BindingFailure.DuplicateMember:
                logger.DuplicateMember(scheme, mode, action, token);
                break;
            case BindingFailure.PayloadUnreadable:
                logger.PayloadUnreadable(scheme, mode, action, token);
                break;
            case BindingFailure.ValidatedTokenMissing:
                logger.ValidatedTokenMissing(scheme, mode, action);
                break;
            case BindingFailure.TokenTypeUnknown:
                logger.TokenTypeUnknown(scheme, mode, action);
                break;
            case BindingFailure.PipelineBypassed:
                logger.PipelineBypassed(scheme, mode, action);
                break;
            case BindingFailure.RequestMalformed:
                logger.RequestMalformed(mode, action);
                break;
            case BindingFailure.SchemeNotEnforced:
                logger.SchemeNotEnforced(scheme, mode, action);
                break;
            case BindingFailure.CertificateUntrusted:
                logger.CertificateUntrusted(scheme, mode, action, presented);
                break;
            case BindingFailure.RequestMisdirected:
                logger.RequestMisdirected(mode, action);
                break;
            case BindingFailure.TokenHeaderUnacceptable:
                logger.TokenHeaderUnacceptable(scheme, mode, action);
                break;
            case BindingFailure.ForwarderUntrusted:
                logger.ForwarderUntrusted(mode, action);
                break;
            case BindingFailure.ForwardedCertificateMalformed:
                logger.ForwardedCertificateMalformed(mode, action);
                break;
            case BindingFailure.ConnectNotAllowed:
                logger.ConnectNotAllowed(mode, action);
                break;
            case BindingFailure.TokenTextAmbiguous:
                logger.TokenTextAmbiguous(scheme, mode, action);
                break;
            case BindingFailure.ForwardedCertificateUnconfirmed:
                logger.ForwardedCertificateUnconfirmed(mode, action);
                break;
            case BindingFailure.CertificateNotAllowed:
                logger.CertificateNotAllowed(scheme, mode, action, token, presented);
                break;
            default:
                logger.Unexpected(scheme, mode, action, failure);
                break;
        }
    }

    [LoggerMessage(100, LogLevel.Error, "{Scheme} ({Mode}): {Action} for a reason that has no rule ({Failure}). Please report it.", EventName = "Unexpected")]
    private static partial void Unexpected(this ILogger logger, string scheme, EnforcementMode mode, string action, BindingFailure failure);

    [LoggerMessage(101, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token that is bound to no certificate. BoundTokens:Requirement = WhenBound would accept it.", EventName = "TokenUnbound")]
    private static partial void TokenUnbound(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(102, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token bound to {Expected}, because no certificate was presented.", EventName = "CertificateMissing")]
    private static partial void CertificateMissing(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity, CertificateThumbprint expected);

    [LoggerMessage(103, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token bound to {Expected}, because {Presented} was presented.", EventName = "CertificateMismatch")]
    private static partial void CertificateMismatch(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity, CertificateThumbprint expected, CertificateThumbprint presented);

    [LoggerMessage(104, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token whose cnf is not an object with members. Tools that write every claim as text, such as dotnet user-jwts --claim, make it a string.", EventName = "ConfirmationMalformed")]
    private static partial void ConfirmationMalformed(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(105, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token whose x5t#S256 is not 43 characters of canonical base64url.", EventName = "ThumbprintMalformed")]
    private static partial void ThumbprintMalformed(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(106, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token whose cnf names a key in a way that is not verified here, or that was sent with the DPoP scheme.", EventName = "MethodUnsupported")]
    private static partial void MethodUnsupported(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(107, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token in which a claim, or a member of cnf, stands twice.", EventName = "DuplicateMember")]
    private static partial void DuplicateMember(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(108, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token whose payload is not one JSON object of bearable size.", EventName = "PayloadUnreadable")]
    private static partial void PayloadUnreadable(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity);

    [LoggerMessage(109, LogLevel.Error, "{Scheme} ({Mode}): {Action} a success without a validated token. Does an event call Success()?", EventName = "ValidatedTokenMissing")]
    private static partial void ValidatedTokenMissing(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(110, LogLevel.Error, "{Scheme} ({Mode}): {Action} a token of a type whose payload cannot be read here.", EventName = "TokenTypeUnknown")]
    private static partial void TokenTypeUnknown(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(111, LogLevel.Error, "{Scheme} ({Mode}): {Action}, because the request did not pass the start of the pipeline.", EventName = "PipelineBypassed")]
    private static partial void PipelineBypassed(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(112, LogLevel.Warning, "({Mode}) {Action} a request whose token was not sent in one unambiguous Authorization header field.", EventName = "RequestMalformed")]
    private static partial void RequestMalformed(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(113, LogLevel.Warning, "{Scheme} ({Mode}): {Action} its success, because its binding was not enforced, or because a bound token was refused in the same request.", EventName = "SchemeNotEnforced")]
    private static partial void SchemeNotEnforced(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(114, LogLevel.Warning, "{Scheme} ({Mode}): {Action} a token bound to {Presented}, because the certificate scheme does not accept that certificate.", EventName = "CertificateUntrusted")]
    private static partial void CertificateUntrusted(this ILogger logger, string scheme, EnforcementMode mode, string action, CertificateThumbprint presented);

    [LoggerMessage(115, LogLevel.Warning, "({Mode}) {Action} a request for another host than the TLS handshake named.", EventName = "RequestMisdirected")]
    private static partial void RequestMisdirected(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(116, LogLevel.Warning, "{Scheme} ({Mode}): {Action} a token whose header has crit, or an algorithm that is not the key's.", EventName = "TokenHeaderUnacceptable")]
    private static partial void TokenHeaderUnacceptable(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(117, LogLevel.Warning, "({Mode}) {Action} a request with a forwarded certificate from a peer that is not a trusted proxy.", EventName = "ForwarderUntrusted")]
    private static partial void ForwarderUntrusted(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(118, LogLevel.Warning, "({Mode}) {Action} a request whose forwarded certificate is not exactly one in the configured format.", EventName = "ForwardedCertificateMalformed")]
    private static partial void ForwardedCertificateMalformed(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(119, LogLevel.Warning, "({Mode}) {Action} a CONNECT request: certificates are forwarded, and a proxy does not read what it passes through a tunnel.", EventName = "ConnectNotAllowed")]
    private static partial void ConnectNotAllowed(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(120, LogLevel.Warning, "{Scheme} ({Mode}): {Action} a token whose text has padding, or unused bits that are not zero: the issuer wrote another text.", EventName = "TokenTextAmbiguous")]
    private static partial void TokenTextAmbiguous(this ILogger logger, string scheme, EnforcementMode mode, string action);

    [LoggerMessage(121, LogLevel.Warning, "({Mode}) {Action} a request whose forwarded certificate does not stand beside the required field, or not beside its required text.", EventName = "ForwardedCertificateUnconfirmed")]
    private static partial void ForwardedCertificateUnconfirmed(this ILogger logger, EnforcementMode mode, string action);

    [LoggerMessage(122, LogLevel.Warning, "{Scheme} ({Mode}): {Action} {Validity} token bound to {Presented}, because AllowedCertificates does not name that certificate's issuer, or none of its names.", EventName = "CertificateNotAllowed")]
    private static partial void CertificateNotAllowed(this ILogger logger, string scheme, EnforcementMode mode, string action, string validity, CertificateThumbprint presented);
}
