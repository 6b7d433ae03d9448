using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace BoundTokenEnforcement;

/// <summary>
/// A network, or one address. An IPv4 address and its form on a socket for both families (<c>::ffff:10.0.0.1</c>) are one address. A default value
/// holds none.
/// </summary>
internal readonly struct TrustedNetwork
{
    private const int MappedPrefixLength = 96;

    // Not IPNetwork's own default, which holds every IPv4 address.
    private readonly IPNetwork? _network;
    private readonly uint _first;
    private readonly uint _mask;

    private TrustedNetwork(IPNetwork network)
    {
        _network = network;
        if (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork)
        {
            _first = Number(network.BaseAddress);
            _mask = network.PrefixLength == 0 ? 0 : uint.MaxValue << (32 - network.PrefixLength);
        }
    }

    /// <summary>Whether no address is left out.</summary>
    internal bool IsEverything => _network is { PrefixLength: 0 };

    /// <summary>Whether all of it is on this very machine. (A network that begins there and ends elsewhere has bits behind its prefix.)</summary>
    internal bool IsLoopback => _network is { } network && IPAddress.IsLoopback(network.BaseAddress);

    /// <returns><see langword="false"/> for anything but an address, or a network in CIDR notation without bits behind its prefix.</returns>
    internal static bool TryParse(string? text, out TrustedNetwork network)
    {
        network = default;
        if (Parse(text.AsSpan()) is not { } parsed)
        {
            return false;
        }

        network = new TrustedNetwork(Unmapped(parsed));
        return true;
    }

    internal bool Contains(IPAddress address)
    {
        if (_network is not { } network)
        {
            return false;
        }

        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        if (isIPv4 != (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork))
        {
            return false;
        }

        // Not by IPNetwork: its ::ffff:0:0/96 holds nothing, and MapToIPv4 makes a new address at each request.
        return isIPv4 ? (Number(address) & _mask) == _first : network.Contains(address);
    }

    private static uint Number(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out var length);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - sizeof(uint))..length]);
    }

    private static IPNetwork? Parse(ReadOnlySpan<char> text)
    {
        var slash = text.LastIndexOf('/');
        var first = slash < 0 ? text : text[..slash];
        // The platform reads a zone ("fe80::1%eth0"), brackets and a port, and then leaves them out of account.
        if (first.ContainsAny("%[]") || !IPAddress.TryParse(first, out var address))
        {
            return null;
        }

        // "10.1", "167772161" and "010.0.0.0" (8.0.0.0) are addresses to the platform, but hardly what was meant.
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (isIPv4 && !first.SequenceEqual(address.ToString()))
        {
            return null;
        }

        if (slash < 0)
        {
            return new IPNetwork(address, isIPv4 ? 32 : 128);
        }

        // The platform clears bits behind the prefix.
        return IPNetwork.TryParse(text, out var network) && network.BaseAddress.Equals(address) ? network : null;
    }

    private static IPNetwork Unmapped(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefixLength
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefixLength)
            : network;
}
