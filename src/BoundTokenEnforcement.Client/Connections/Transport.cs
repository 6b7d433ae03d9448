using System.Net;

namespace BoundTokenEnforcement;

/// <summary>Makes the TCP connections of a client: directly, or through the configured proxy.</summary>
internal sealed class Transport(AllowedAddresses addresses, IWebProxy? proxy)
{
    private readonly ProxyTunnel? _tunnel = proxy is null ? null : new ProxyTunnel(proxy);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="BoundTokenGuardException">The address is not allowed.</exception>
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (_tunnel?.ProxyFor(context.DnsEndPoint) is not { } address)
        {
            return await addresses.ConnectAsync(context, cancellationToken).ConfigureAwait(false);
        }

        addresses.RequireLiteralAllowed(context.DnsEndPoint);
        return await _tunnel.OpenAsync(address, context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
    }
}
