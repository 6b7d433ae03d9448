namespace BoundTokenEnforcement;

/// <summary>
/// What the connection itself presented where the client's certificate comes from a header field and TLS is not Kestrel's own: nothing else shows
/// afterwards whether middleware replaced it.
/// </summary>
internal sealed class ProxyCertificate(CertificateThumbprint thumbprint)
{
    internal CertificateThumbprint Thumbprint { get; } = thumbprint;
}
