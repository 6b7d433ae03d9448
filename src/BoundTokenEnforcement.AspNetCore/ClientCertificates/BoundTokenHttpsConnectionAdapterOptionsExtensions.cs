using BoundTokenEnforcement;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Client certificates as certificate-bound access tokens need them.</summary>
public static class BoundTokenHttpsConnectionAdapterOptionsExtensions
{
    /// <summary>
    /// Asks each client for a certificate during the handshake, demands none, and refuses none for its chain: possession of the
    /// key is the proof (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-6.2">RFC 8705 §6.2</see>).
    /// </summary>
    /// <remarks>
    /// <see cref="BoundTokenEnforcementOptions.RequestClientCertificates"/> does this already wherever the application has no
    /// <c>ConfigureHttpsDefaults</c>, mode, validation or <c>OnAuthenticate</c> callback of its own; call it there otherwise. A mode and a validation callback that are already set
    /// are kept, and with the latter the way chains are built; otherwise chains are built without going to the network, and the application sees
    /// any client's certificate in <c>HttpContext.Connection.ClientCertificate</c>. Not checked: issuer, validity, key usage, revocation.
    /// </remarks>
    /// <param name="https">The options of one listener, or the defaults of all.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="https"/> is <see langword="null"/>.</exception>
    public static HttpsConnectionAdapterOptions RequestClientCertificate(this HttpsConnectionAdapterOptions https)
    {
        ArgumentNullException.ThrowIfNull(https);

        if (https.ClientCertificateMode == ClientCertificateMode.NoCertificate)
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        }

        // A validation of the application's own needs the chain as the application wants it built.
        if (https.ClientCertificateValidation is null)
        {
            https.ClientCertificateValidation = static (_, _, _) => true;
            https.OnAuthenticate += static (_, tls) => tls.CertificateChainPolicy ??= ClientCertificateHandshake.OfflineChainPolicy();
        }

        ClientCertificateHandshake.Attach(https, asks: false);
        return https;
    }
}
