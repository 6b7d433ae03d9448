namespace BoundTokenEnforcement;

/// <summary>From where a presented certificate is known.</summary>
public enum CertificateSource
{
    /// <summary>The TLS handshake of this very connection.</summary>
    Connection = 0,

    /// <summary>A header field, written by a proxy that the host trusts (<see href="https://www.rfc-editor.org/rfc/rfc9440">RFC 9440</see>, or an older form).</summary>
    TrustedForwarder = 1,
}
