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

    /// <summary><c>X-Forwarded-Client-Cert</c> of Envoy: elements with <c>Cert="…"</c>, of which the last counts. A <c>Hash</c> beside it must be the certificate's; one alone is <see cref="XfccHash"/>.</summary>
    Xfcc = 5,

    /// <summary>The SHA-256 hash of the DER certificate and not the certificate: 64 hexadecimal digits, in one case throughout. Cloudflare, HAProxy.</summary>
    Sha256Hex = 6,

    /// <summary>The same with colons between the bytes, as OpenSSL prints it.</summary>
    Sha256ColonHex = 7,

    /// <summary>The same hash in base64 with padding, 44 characters: Google Cloud, HAProxy.</summary>
    Sha256Base64 = 8,

    /// <summary>The same hash in base64url without padding, 43 characters: the text of <c>x5t#S256</c>.</summary>
    Sha256Base64Url = 9,

    /// <summary><c>X-Forwarded-Client-Cert</c> of which only <c>Hash</c> is needed: Envoy and Istio by default. A <c>Cert</c> beside it must have that hash.</summary>
    XfccHash = 10,

    /// <summary>
    /// <see cref="XfccHash"/> with the unquoted names that Istio puts into elements before the last, if these are SPIFFE IDs. Only where the proxies
    /// accept no certificates but those of an authority that issues no other names: a client that chooses its own could write an element into them.
    /// </summary>
    IstioXfccHash = 11,

    /// <summary><see cref="ClientCert"/> whose <c>Client-Cert-Chain</c> is read too (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-2.3">RFC 9440 §2.3</see>), by <see cref="ForwardedCertificateChain"/>.</summary>
    ClientCertChain = 12,

    /// <summary><see cref="EscapedPem"/> with what else the client sent, one block after the other, its own certificate first: AWS Application Load Balancer in passthrough mode.</summary>
    EscapedPemChain = 13,

    /// <summary><see cref="Base64Der"/> with what else the client sent, separated by commas, its own certificate first: Traefik.</summary>
    Base64DerChain = 14,

    /// <summary><see cref="Xfcc"/> with <c>Chain="…"</c>, whose first certificate is the client's own; a <c>Cert</c> or <c>Hash</c> beside it must be the same one's.</summary>
    XfccChain = 15,
}
