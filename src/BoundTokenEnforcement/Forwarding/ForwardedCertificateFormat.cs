namespace BoundTokenEnforcement;

/// <summary>How a TLS-terminating reverse proxy writes the client's certificate into a header field.</summary>
public enum ForwardedCertificateFormat
{
    /// <summary>Not chosen. No field is understood.</summary>
    None = 0,

    /// <summary><c>:base64:</c>, a byte sequence with the DER certificate (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-2.2">RFC 9440 §2.2</see>).</summary>
    ClientCert = 1,

    /// <summary>PEM text, percent-encoded: <c>$ssl_client_escaped_cert</c> of nginx.</summary>
    EscapedPem = 2,

    /// <summary>The DER certificate in base64, on one line: HAProxy, Traefik, Azure App Service.</summary>
    Base64Der = 3,

    /// <summary>PEM text with blanks instead of line feeds: <c>SSL_CLIENT_CERT</c> of Apache.</summary>
    SpacedPem = 4,

    /// <summary><c>X-Forwarded-Client-Cert</c> of Envoy: elements with <c>Cert="…"</c>, of which the last counts. A <c>Hash</c> alone proves nothing.</summary>
    Xfcc = 5,
}
