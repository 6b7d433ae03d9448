using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement;

/// <summary>What is done in the handshakes of a TLS listener. The listener's options are read when the handshake comes: the last word counts.</summary>
internal static class ClientCertificateRequests
{
    /// <summary>
    /// Asks for a certificate where nobody has configured a client certificate mode. A mode that somebody chose comes with that
    /// application's own validation, and both stay as they are.
    /// </summary>
    internal static void AskUnlessConfigured(HttpsConnectionAdapterOptions https) =>
        https.OnAuthenticate += (_, tls) =>
        {
            if (https.ClientCertificateMode == ClientCertificateMode.NoCertificate && !tls.ClientCertificateRequired)
            {
                tls.ClientCertificateRequired = true;
#pragma warning disable CA5359 // RFC 8705 §6.2: a client's certificate proves possession of a key, and nothing else is asked of it.
                tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
                tls.CertificateChainPolicy = OfflineChainPolicy();
            }
        };

    /// <summary>
    /// RFC 8705 §6.2 needs no chain. The platform builds one all the same, and must neither download what a stranger's certificate
    /// points to nor search the machine's stores.
    /// </summary>
    internal static void BuildChainsOffline(HttpsConnectionAdapterOptions https) =>
        https.OnAuthenticate += (_, tls) => tls.CertificateChainPolicy ??= OfflineChainPolicy();

    /// <summary>Marks each connection that was asked for a certificate.</summary>
    internal static void Observe(HttpsConnectionAdapterOptions https) =>
        https.OnAuthenticate += (connection, tls) =>
        {
            if (tls.ClientCertificateRequired)
            {
                connection.Features.Set(CertificateRequested.Instance);
            }
        };

    private static X509ChainPolicy OfflineChainPolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
