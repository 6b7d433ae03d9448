using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// Gives the client certificate. When it gives another one, new tokens are obtained and new connections opened with it; requests under way end
/// with the old pair.
/// </summary>
public interface IClientCertificateProvider
{
    /// <summary>The certificate to use now, with its private key. Asked for at each request, so it must be quick.</summary>
    /// <remarks>Never disposed here. Each one is copied when it is first used, for the requests and connections that need it. One that was replaced may be disposed once no caller can still be about to use it for the first time.</remarks>
    X509Certificate2 Current { get; }
}
