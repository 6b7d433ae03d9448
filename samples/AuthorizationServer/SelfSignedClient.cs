using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AuthorizationServer;

/// <summary><c>self_signed_tls_client_auth</c>: exactly the registered certificate, whoever issued it (RFC 8705 §2.2).</summary>
public sealed record SelfSignedClient(string ClientId, X509Certificate2 Certificate) : RegisteredClient(ClientId)
{
    internal override bool IsAuthenticatedBy(string? secret, X509Certificate2? certificate) =>
        secret is null && certificate is not null
        && CryptographicOperations.FixedTimeEquals(certificate.RawData, Certificate.RawData);
}
