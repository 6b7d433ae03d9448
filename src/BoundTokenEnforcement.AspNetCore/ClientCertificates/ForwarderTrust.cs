using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Whether the peer of a connection is a trusted proxy. Only the socket's own peer counts, never an address from the request itself.</summary>
internal sealed class ForwarderTrust
{
    private readonly TrustedNetwork[] _networks;
    private readonly CertificateThumbprint[] _thumbprints;
    private readonly bool _unixSocket;

    /// <exception cref="FormatException">The options were not validated.</exception>
    internal ForwarderTrust(ForwardedCertificateOptions options)
    {
        _networks = [.. options.TrustedProxies.Select(static text => TrustedNetwork.TryParse(text, out var network) ? network : throw new FormatException(text))];
        _thumbprints = [.. options.TrustedProxyThumbprints.Select(static text => CertificateThumbprint.TryParse(text, out var parsed) ? parsed : throw new FormatException(text))];
        _unixSocket = options.TrustUnixSocket;
    }

    /// <summary>Whether peers on a network are trusted at all.</summary>
    internal bool TrustsNetworkPeers => _networks.Length > 0 || _thumbprints.Length > 0;

    /// <summary>Whether a peer must present its own certificate.</summary>
    internal bool NeedsCertificate => _thumbprints.Length > 0;

    /// <summary>Whether the peers of Unix domain sockets are trusted.</summary>
    internal bool TrustsUnixSockets => _unixSocket;

    /// <summary>Whether the only peers that are trusted are on this very machine.</summary>
    internal bool TrustsThisMachineOnly => _thumbprints.Length == 0 && Array.TrueForAll(_networks, static network => network.IsLoopback);

    /// <summary>Called at the very start of the request, before anything could rewrite the peer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="ofConnection">The certificate that the peer itself presented.</param>
    internal bool Trusts(HttpContext context, PresentedCertificate? ofConnection) => PeerOf(context) switch
    {
        UnixDomainSocketEndPoint => _unixSocket,
        // Both kinds of rule hold where both are configured.
        IPEndPoint peer => TrustsNetworkPeers
            && (_networks.Length == 0 || IsInNetwork(peer.Address))
            && (_thumbprints.Length == 0 || (ofConnection is not null && _thumbprints.AsSpan().Contains(ofConnection.Thumbprint))),
        _ => false,
    };

    // Connection middleware, such as one for the PROXY protocol, rewrites every address but the socket's own: where there is a socket, nothing else
    // is asked, not even if it knows no peer.
    private static EndPoint? PeerOf(HttpContext context)
    {
        try
        {
            if (context.Features.Get<IConnectionSocketFeature>() is { } connection)
            {
                return connection.Socket.RemoteEndPoint;
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // The peer has left.
            return null;
        }

        if (context.Features.Get<IConnectionEndPointFeature>() is { } transport)
        {
            return transport.RemoteEndPoint;
        }

        return context.Connection.RemoteIpAddress is { } address ? new IPEndPoint(address, context.Connection.RemotePort) : null;
    }

    private bool IsInNetwork(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
