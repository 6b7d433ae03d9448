using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace AuthorizationServer;

/// <summary>
/// <c>client_secret_post</c> or <c>client_secret_basic</c>. Without a certificate on the connection there is nothing to bind to: its tokens are plain bearer tokens.
/// </summary>
public sealed record SecretClient(string ClientId, string Secret) : RegisteredClient(ClientId)
{
    internal override bool IsAuthenticatedBy(string? secret, X509Certificate2? certificate) =>
        secret is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(Secret));
}
