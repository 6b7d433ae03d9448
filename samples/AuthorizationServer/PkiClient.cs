using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuthorizationServer;

/// <summary><c>tls_client_auth</c>: a certificate with the registered subject, issued by the registered authority (RFC 8705 §2.1).</summary>
public sealed record PkiClient(string ClientId, string Subject, X509Certificate2 Authority) : RegisteredClient(ClientId)
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    internal override bool IsAuthenticatedBy(string? secret, X509Certificate2? certificate) =>
        secret is null && certificate is not null && certificate.Subject == Subject && IsIssuedByTheAuthority(certificate);

    internal static void Trust(X509ChainPolicy policy)
    {
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        // The sample's authority publishes no revocation list; a real one does, and then this must be Online.
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
    }

    private bool IsIssuedByTheAuthority(X509Certificate2 certificate)
    {
        using var chain = new X509Chain { ChainPolicy = { CustomTrustStore = { Authority }, ApplicationPolicy = { ClientAuthentication } } };
        Trust(chain.ChainPolicy);
        return chain.Build(certificate);
    }
}
