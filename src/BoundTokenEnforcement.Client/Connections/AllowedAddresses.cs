using System.Net;
using System.Net.Sockets;

namespace BoundTokenEnforcement;

/// <summary>Which addresses may be connected to. Decided on the address itself, after the name was resolved (RFC 9728 §7.7).</summary>
internal sealed class AllowedAddresses(bool loopback, bool privateNetworks)
{
    private static readonly IPNetwork[] PrivateNetworks =
    [
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("fc00::/7"),
    ];

    // Link-local (among them the metadata services of clouds), "this network", multicast, reserved, and addresses that carry others inside.
    private static readonly IPNetwork[] NeverAllowed =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/96"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fec0::/10"),
        IPNetwork.Parse("ff00::/8"),
        IPNetwork.Parse("64:ff9b::/96"),
        IPNetwork.Parse("64:ff9b:1::/48"),
        IPNetwork.Parse("2001::/32"),
        IPNetwork.Parse("2002::/16"),
        IPNetwork.Parse("::ffff:0:0:0/96"),
        // Metadata services of clouds, inside networks that may be allowed.
        IPNetwork.Parse("100.100.100.200/32"),
        IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("fd20:ce::254/128"),
        IPNetwork.Parse("fd00:c1::a9fe:a9fe/128"),
        IPNetwork.Parse("168.63.129.16/32"),
    ];

    internal bool Contains(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (IPAddress.IsLoopback(plain))
        {
            return loopback;
        }

        return !NeverAllowed.Any(network => network.Contains(plain))
            && (privateNetworks || !PrivateNetworks.Any(network => network.Contains(plain)));
    }

    /// <exception cref="BoundTokenGuardException">The name leads to no address that may be called.</exception>
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;

        // The resolver takes no unspecified address (0.0.0.0, ::), which means this machine, and would not let us say why it is refused.
        var found = IPAddress.TryParse(target.Host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellationToken).ConfigureAwait(false);
        var allowed = found.Where(Contains).ToArray();
        if (allowed.Length == 0 && found.Length > 0)
        {
            throw NotAllowed(target, found);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="BoundTokenGuardException">The host is itself an address that may not be called.</exception>
    internal void RequireLiteralAllowed(DnsEndPoint target)
    {
        if (IPAddress.TryParse(target.Host, out var literal) && !Contains(literal))
        {
            throw NotAllowed(target, [literal]);
        }
    }

    private static BoundTokenGuardException NotAllowed(DnsEndPoint target, IPAddress[] found)
    {
        // An option is named only where it helps.
        var addresses = string.Join(", ", found.Select(static address => address.ToString()));
        var allowing = new AllowedAddresses(loopback: true, privateNetworks: true);
        var remedy = found.Any(allowing.Contains)
            ? "Allow it by AllowLoopback (this machine) or AllowPrivateNetworks."
            : "Such addresses (link-local, metadata services of clouds, multicast, reserved, or with another address inside) are never called; no option allows them.";
        return new BoundTokenGuardException(GuardFailure.AddressNotAllowed, $"'{target.Host}' leads to {addresses}, which may not be called. {remedy}");
    }
}
