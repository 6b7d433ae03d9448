namespace BoundTokenEnforcement;

/// <summary>
/// Why a binding was refused: the closed list. The numbers never change and are never used again; each one is the log event,
/// the metric tag and the entry of <c>docs/reference/diagnostics.md</c>.
/// </summary>
/// <remarks>For operators only. The HTTP answer is the same for all of them, so that the holder of a stolen token learns nothing.</remarks>
public enum BindingFailure
{
    /// <summary>Something happened that no rule expected, an exception in our own code for example. Refused all the same.</summary>
    Unexpected = 0,

    /// <summary>The token carries no confirmation, and the requirement is <see cref="BindingRequirement.Required"/>.</summary>
    TokenUnbound = 1,

    /// <summary>The token is bound, and no certificate was presented (RFC 8705 §3).</summary>
    CertificateMissing = 2,

    /// <summary>The token is bound to another certificate than the one presented (RFC 8705 §3).</summary>
    CertificateMismatch = 3,

    /// <summary><c>cnf</c> is not an object, or an empty one (RFC 7800 §3).</summary>
    ConfirmationMalformed = 4,

    /// <summary><c>x5t#S256</c> is not a string of exactly 43 canonical base64url characters (RFC 8705 §3.1).</summary>
    ThumbprintMalformed = 5,

    /// <summary>The confirmation names a key by a method that is not verified here: instead of a certificate, or besides it. Or the token was sent with the scheme of RFC 9449.</summary>
    MethodUnsupported = 6,

    /// <summary>A claim, or a member of <c>cnf</c>, occurs twice (RFC 7519 §4), or there are too many members to compare.</summary>
    DuplicateMember = 7,

    /// <summary>The payload is not one JSON object, is too long, or is nested too deeply.</summary>
    PayloadUnreadable = 8,

    /// <summary>
    /// Authentication succeeded without our having seen a validated token: an event called <c>Success()</c>, for example.
    /// </summary>
    ValidatedTokenMissing = 9,

    /// <summary>The validated token is of a type whose payload we do not know how to read.</summary>
    TokenTypeUnknown = 10,

    /// <summary>The request bypassed the library's startup filter, so the certificate of its connection is unknown.</summary>
    PipelineBypassed = 11,

    /// <summary>The token was sent in a way that two readers could understand differently (RFC 6750 §2). Answered with 400.</summary>
    RequestMalformed = 12,

    /// <summary>
    /// A scheme whose bindings are not enforced accepted a request: one of an unknown handler; one beside a bound token that was refused, or with
    /// one in its ticket; or any at an endpoint that demands a bound token.
    /// </summary>
    SchemeNotEnforced = 13,

    /// <summary>The binding holds, but the application's own certificate scheme does not accept the certificate.</summary>
    CertificateUntrusted = 14,

    /// <summary>The request names another host than the TLS handshake did. Answered with 421.</summary>
    RequestMisdirected = 15,

    /// <summary>The token's header names an extension as critical (RFC 7515 §4.1.11), or an algorithm that is not the key's (RFC 7518 §3.4).</summary>
    TokenHeaderUnacceptable = 16,

    /// <summary>The request carries a forwarded certificate, and does not come from a trusted proxy (RFC 9440 §4). Answered with 400.</summary>
    ForwarderUntrusted = 17,

    /// <summary>What a trusted proxy forwarded is not exactly one certificate in the configured format (RFC 9440 §2.2). Answered with 400.</summary>
    ForwardedCertificateMalformed = 18,

    /// <summary>
    /// CONNECT (RFC 9110 §9.3.6), where certificates are forwarded: a proxy that hears yes to it no longer reads what it passes on. Answered with 400.
    /// </summary>
    ConnectNotAllowed = 19,

    /// <summary>The token is accepted although its text is not the one that its issuer wrote: padding, or unused bits that are not zero (RFC 7515 §2). One token has one text.</summary>
    TokenTextAmbiguous = 20,

    /// <summary>A trusted proxy forwarded a certificate without the field that must stand beside it, or with another text in that: it did not verify the certificate, for example. Answered with 400.</summary>
    ForwardedCertificateUnconfirmed = 21,

    /// <summary>The binding holds, but the certificate is not of an issuer, or has none of the names, to which tokens may be bound here.</summary>
    CertificateNotAllowed = 22,
}
