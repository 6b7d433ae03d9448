using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement;

/// <summary>What is done in the handshakes of one TLS listener. Its options are read when the handshake comes: the last word counts.</summary>
internal sealed class ClientCertificateHandshake
{
    private readonly HttpsConnectionAdapterOptions _https;
    private readonly bool _asks;

    private ClientCertificateHandshake(HttpsConnectionAdapterOptions https, bool asks)
    {
        _https = https;
        _asks = asks;
    }

    /// <param name="https">The options of the listener.</param>
    /// <param name="asks">Whether to ask for a certificate where the application has no policy for it.</param>
    internal static void Attach(HttpsConnectionAdapterOptions https, bool asks) =>
        https.OnAuthenticate += new ClientCertificateHandshake(https, asks).OnHandshake;

    /// <summary>
    /// RFC 8705 §6.2 needs no chain. The platform builds one all the same, and must neither download what a stranger's certificate
    /// points to nor search the machine's stores.
    /// </summary>
    internal static X509ChainPolicy OfflineChainPolicy() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };

    private void OnHandshake(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        if (_asks && ApplicationHasNoPolicy(tls))
        {
            tls.ClientCertificateRequired = true;
#pragma warning disable CA5359 // RFC 8705 §6.2: a client's certificate proves possession of a key, and nothing else is asked of it.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
            tls.CertificateChainPolicy = OfflineChainPolicy();
            connection.Features.Set(ClientCertificateRequest.ByUs);
        }
        else if (tls.ClientCertificateRequired)
        {
            connection.Features.Set(ClientCertificateRequest.ByApplication);
        }
    }

    // A configured mode, validation or handshake callback means that the application has its own policy for untrusted certificates.
    private bool ApplicationHasNoPolicy(SslServerAuthenticationOptions tls) =>
        _https.ClientCertificateMode == ClientCertificateMode.NoCertificate
        && !tls.ClientCertificateRequired
        && tls.RemoteCertificateValidationCallback is null
        && _https.ClientCertificateValidation is null
        && _https.OnAuthenticate!.GetInvocationList().All(static callback => callback.Target is ClientCertificateHandshake);
}
