namespace BoundTokenEnforcement;

/// <summary>From where a presented certificate is known.</summary>
public enum CertificateSource
{
    /// <summary>The TLS handshake of this very connection.</summary>
    Connection = 0,
}
