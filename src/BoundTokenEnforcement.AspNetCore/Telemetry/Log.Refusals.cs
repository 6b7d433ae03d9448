using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>One message for each <see cref="BindingFailure"/>. Its number is the failure's plus 100, its name the failure's.</summary>
internal static partial class Log
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
        switch (failure)
        {
            case BindingFailure.TokenUnbound:
                logger.TokenUnbound(scheme, mode, token);
                break;
            case BindingFailure.CertificateMissing:
                logger.CertificateMissing(scheme, mode, token, expected);
                break;
            case BindingFailure.CertificateMismatch:
                logger.CertificateMismatch(scheme, mode, token, expected, presented);
                break;
            case BindingFailure.ConfirmationMalformed:
                logger.ConfirmationMalformed(scheme, mode, token);
                break;
            case BindingFailure.ThumbprintMalformed:
                logger.ThumbprintMalformed(scheme, mode, token);
                break;
            case BindingFailure.MethodUnsupported:
                logger.MethodUnsupported(scheme, mode, token);
                break;
            case BindingFailure.MemberRepeated:
                logger.MemberRepeated(scheme, mode, token);
                break;
            case BindingFailure.PayloadUnreadable:
                logger.PayloadUnreadable(scheme, mode, token);
                break;
            case BindingFailure.TokenNotSeen:
                logger.TokenNotSeen(scheme, mode);
                break;
            case BindingFailure.TokenTypeUnknown:
                logger.TokenTypeUnknown(scheme, mode);
                break;
            case BindingFailure.ConnectionNotSeen:
                logger.ConnectionNotSeen(scheme, mode);
                break;
            case BindingFailure.RequestMalformed:
                logger.RequestMalformed(mode);
                break;
            case BindingFailure.SchemeUnguarded:
                logger.SchemeUnguarded(scheme, mode);
                break;
            case BindingFailure.CertificateUntrusted:
                logger.CertificateUntrusted(scheme, mode, presented);
                break;
            case BindingFailure.RequestMisdirected:
                logger.RequestMisdirected(mode);
                break;
            case BindingFailure.TokenHeaderUnacceptable:
                logger.TokenHeaderUnacceptable(scheme, mode);
                break;
            case BindingFailure.ForwarderUntrusted:
                logger.ForwarderUntrusted(mode);
                break;
            case BindingFailure.ForwardedCertificateMalformed:
                logger.ForwardedCertificateMalformed(mode);
                break;
            case BindingFailure.TunnelRequested:
                logger.TunnelRequested(mode);
                break;
            default:
                logger.Unexpected(scheme, mode, failure);
                break;
        }
    }

    [LoggerMessage(100, LogLevel.Error, "{Scheme} ({Mode}): refused for a reason that has no rule ({Failure}). Please report it.", EventName = "Unexpected")]
    private static partial void Unexpected(this ILogger logger, string scheme, EnforcementMode mode, BindingFailure failure);

    [LoggerMessage(101, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token that is bound to no certificate. BoundTokens:Requirement = WhenBound would accept it.", EventName = "TokenUnbound")]
    private static partial void TokenUnbound(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(102, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token bound to {Expected}, because no certificate was presented.", EventName = "CertificateMissing")]
    private static partial void CertificateMissing(this ILogger logger, string scheme, EnforcementMode mode, string validity, CertificateThumbprint expected);

    [LoggerMessage(103, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token bound to {Expected}, because {Presented} was presented.", EventName = "CertificateMismatch")]
    private static partial void CertificateMismatch(this ILogger logger, string scheme, EnforcementMode mode, string validity, CertificateThumbprint expected, CertificateThumbprint presented);

    [LoggerMessage(104, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token whose cnf is not an object with members.", EventName = "ConfirmationMalformed")]
    private static partial void ConfirmationMalformed(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(105, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token whose x5t#S256 is not 43 characters of canonical base64url.", EventName = "ThumbprintMalformed")]
    private static partial void ThumbprintMalformed(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(106, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token whose cnf names a key in a way that is not verified here, or that was sent with the DPoP scheme.", EventName = "MethodUnsupported")]
    private static partial void MethodUnsupported(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(107, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token in which a claim, or a member of cnf, stands twice.", EventName = "MemberRepeated")]
    private static partial void MemberRepeated(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(108, LogLevel.Warning, "{Scheme} ({Mode}): refused {Validity} token whose payload is not one JSON object of bearable size.", EventName = "PayloadUnreadable")]
    private static partial void PayloadUnreadable(this ILogger logger, string scheme, EnforcementMode mode, string validity);

    [LoggerMessage(109, LogLevel.Error, "{Scheme} ({Mode}): refused a success without a validated token. Does an event call Success()?", EventName = "TokenNotSeen")]
    private static partial void TokenNotSeen(this ILogger logger, string scheme, EnforcementMode mode);

    [LoggerMessage(110, LogLevel.Error, "{Scheme} ({Mode}): refused a token of a type whose payload cannot be read here.", EventName = "TokenTypeUnknown")]
    private static partial void TokenTypeUnknown(this ILogger logger, string scheme, EnforcementMode mode);

    [LoggerMessage(111, LogLevel.Error, "{Scheme} ({Mode}): refused, because the request did not pass the start of the pipeline.", EventName = "ConnectionNotSeen")]
    private static partial void ConnectionNotSeen(this ILogger logger, string scheme, EnforcementMode mode);

    [LoggerMessage(112, LogLevel.Warning, "({Mode}) refused a request whose token was not sent in one unambiguous Authorization header field.", EventName = "RequestMalformed")]
    private static partial void RequestMalformed(this ILogger logger, EnforcementMode mode);

    [LoggerMessage(113, LogLevel.Warning, "{Scheme} ({Mode}): refused its success, because nobody judged it, or because a bound token was refused in the same request.", EventName = "SchemeUnguarded")]
    private static partial void SchemeUnguarded(this ILogger logger, string scheme, EnforcementMode mode);

    [LoggerMessage(114, LogLevel.Warning, "{Scheme} ({Mode}): refused a token bound to {Presented}, because the certificate scheme does not accept that certificate.", EventName = "CertificateUntrusted")]
    private static partial void CertificateUntrusted(this ILogger logger, string scheme, EnforcementMode mode, CertificateThumbprint presented);

    [LoggerMessage(115, LogLevel.Warning, "({Mode}) refused a request for another host than the TLS handshake named.", EventName = "RequestMisdirected")]
    private static partial void RequestMisdirected(this ILogger logger, EnforcementMode mode);

    [LoggerMessage(116, LogLevel.Warning, "{Scheme} ({Mode}): refused a token whose header has crit, or an algorithm that is not the key's.", EventName = "TokenHeaderUnacceptable")]
    private static partial void TokenHeaderUnacceptable(this ILogger logger, string scheme, EnforcementMode mode);

    [LoggerMessage(117, LogLevel.Warning, "({Mode}) refused a request with a forwarded certificate from a peer that is not a trusted proxy.", EventName = "ForwarderUntrusted")]
    private static partial void ForwarderUntrusted(this ILogger logger, EnforcementMode mode);

    [LoggerMessage(118, LogLevel.Warning, "({Mode}) refused a request whose forwarded certificate is not exactly one in the configured format.", EventName = "ForwardedCertificateMalformed")]
    private static partial void ForwardedCertificateMalformed(this ILogger logger, EnforcementMode mode);

    [LoggerMessage(119, LogLevel.Warning, "({Mode}) refused a CONNECT request: certificates are forwarded, and a proxy does not read what it passes through a tunnel.", EventName = "TunnelRequested")]
    private static partial void TunnelRequested(this ILogger logger, EnforcementMode mode);
}
