namespace BoundTokenEnforcement;

/// <summary>Marks a connection whose handshake asked the client for a certificate, and says who wanted that.</summary>
internal sealed class ClientCertificateRequest
{
    private ClientCertificateRequest()
    {
    }

    /// <summary>The application configured it, and its own rules decided who gets in.</summary>
    internal static ClientCertificateRequest ByApplication { get; } = new();

    /// <summary>The library asked, and rejected no certificate: the application must not mistake such a certificate for a validated one.</summary>
    internal static ClientCertificateRequest ByUs { get; } = new();
}
