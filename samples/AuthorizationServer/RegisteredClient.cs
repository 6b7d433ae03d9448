using System.Security.Cryptography.X509Certificates;

namespace AuthorizationServer;

/// <summary>A client the authorization server knows, and the one way in which it authenticates.</summary>
public abstract record RegisteredClient(string ClientId)
{
    /// <summary>Tells whether the caller has shown that it is this client. Anything missing is a no.</summary>
    internal abstract bool IsAuthenticatedBy(string? secret, X509Certificate2? certificate);
}
