using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// Gives the client certificate. When it gives another one, new tokens are obtained and new connections opened with it; requests under way end
/// with the old pair.
/// </summary>
public interface IClientCertificateProvider
{
    /// <summary>The certificate to use now, with its private key. Asked for at each request, so it must be quick.</summary>
    /// <remarks>Never disposed here. One that was replaced must stay usable for a while: requests and connections with it may still be under way.</remarks>
    X509Certificate2 Current { get; }
}
