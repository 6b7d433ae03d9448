using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Demo;

/// <summary>An HTTP client with one certificate, or none.</summary>
internal static class TlsClient
{
    public static HttpClient Create(X509Certificate2 authority, X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true),
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            // Each caller makes its own full handshake, so that every row shows what it says.
            AllowTlsResume = false,
        },
    })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };
}
