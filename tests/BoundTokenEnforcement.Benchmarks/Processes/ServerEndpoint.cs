using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Where a server listens, and by which certificate it is known.</summary>
internal sealed class ServerEndpoint(int port, X509Certificate2 serverCertificate)
{
    internal Uri Address { get; } = new($"https://localhost:{port}/");

    /// <summary>The certificate that the server shows.</summary>
    internal X509Certificate2 Certificate => serverCertificate;

    internal async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <param name="certificate">Shown when the server asks.</param>
    /// <param name="allowResume">Whether a TLS session may be resumed, which then shows the certificate with which it began.</param>
    internal SslClientAuthenticationOptions TlsOptions(X509Certificate2? certificate, bool allowResume = false) =>
        new TlsClientOptions { Certificate = certificate, AllowTlsResume = allowResume }.ToSslOptions(serverCertificate);

    /// <summary>A connection with which a test does what no HTTP client would.</summary>
    internal async Task<SslStream> OpenAsync(X509Certificate2? certificate, CancellationToken cancellation)
    {
        var tls = new SslStream(new NetworkStream(await ConnectAsync(cancellation), ownsSocket: true));
        await tls.AuthenticateAsClientAsync(TlsOptions(certificate), cancellation);
        return tls;
    }

    /// <summary>An HTTP client with one connection, until it is disposed.</summary>
    internal HttpMessageInvoker CreateClient(X509Certificate2? certificate, bool allowResume = false) => new(new SocketsHttpHandler
    {
        UseCookies = false,
        UseProxy = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        SslOptions = TlsOptions(certificate, allowResume),
        // "localhost" may be ::1 first; the server is on the IPv4 address alone.
        ConnectCallback = async (_, cancellation) => new NetworkStream(await ConnectAsync(cancellation), ownsSocket: true),
    });
}
