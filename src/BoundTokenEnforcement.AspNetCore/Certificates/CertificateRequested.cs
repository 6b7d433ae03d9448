namespace BoundTokenEnforcement;

/// <summary>Marks a connection whose handshake asked the client for a certificate.</summary>
internal sealed class CertificateRequested
{
    private CertificateRequested()
    {
    }

    internal static CertificateRequested Instance { get; } = new();
}
