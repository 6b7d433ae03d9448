using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// Shakes hands with a listener of this very host to see whether it asks for a certificate: which no single option of Kestrel shows, and
/// that all of them together decide. Sends no request.
/// </summary>
internal static class HandshakeProbe
{
    // One for all: making a key costs more than the handshake.
    private static readonly Lazy<X509Certificate2> Certificate = new(ThrowAwayCertificate);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <returns><see langword="null"/> if the handshake failed, which says nothing.</returns>
    internal static async Task<bool?> AsksForCertificateAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, port, patience.Token).ConfigureAwait(false);
            using var stream = new NetworkStream(socket);
            using var tls = new SslStream(stream);
            await tls.AuthenticateAsClientAsync(Options(), patience.Token).ConfigureAwait(false);
            return tls.IsMutuallyAuthenticated;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    internal static SslClientAuthenticationOptions Options() => new()
    {
        TargetHost = "localhost",
        // On a resumed session the property that is read would be false in any case.
        AllowTlsResume = false,
        ClientCertificateContext = SslStreamCertificateContext.Create(Certificate.Value, additionalCertificates: null, offline: true),
#pragma warning disable CA5359 // The peer is this process, and nothing secret is sent.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    private static X509Certificate2 ThrowAwayCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=start-up audit", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        // A key that only lives in memory does not work in a handshake on every platform.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
