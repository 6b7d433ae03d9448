using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Where a server listens, and how it is known.</summary>
internal sealed class LoadEndpoint(int port, X509Certificate2 serverCertificate)
{
    internal Uri Address { get; } = new($"https://localhost:{port}/");

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

    // Full handshakes: a resumed session would show whichever certificate it began with.
    internal SslClientAuthenticationOptions TlsOptions(X509Certificate2? certificate) =>
        new TlsClientOptions { Certificate = certificate, AllowTlsResume = false }.ToSslOptions(serverCertificate);
}
