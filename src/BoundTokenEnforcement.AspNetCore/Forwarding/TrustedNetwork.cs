using System.Net;
using System.Net.Sockets;

namespace BoundTokenEnforcement;

/// <summary>A network, or one address. An IPv4 address and its form on a socket for both families (<c>::ffff:10.0.0.1</c>) are one address.</summary>
internal readonly struct TrustedNetwork
{
    private const int MappedPrefixLength = 96;

    private readonly IPNetwork _plain;
    private readonly IPNetwork? _mapped;

    private TrustedNetwork(IPNetwork plain)
    {
        _plain = plain;
        _mapped = plain.BaseAddress.AddressFamily == AddressFamily.InterNetwork
            ? new IPNetwork(plain.BaseAddress.MapToIPv6(), plain.PrefixLength + MappedPrefixLength)
            : null;
    }

    /// <summary>Whether no address is left out.</summary>
    internal bool IsEverything => _plain.PrefixLength == 0;

    /// <returns><see langword="false"/> for anything but an address, or a network in CIDR notation without bits behind its prefix.</returns>
    internal static bool TryParse(string? text, out TrustedNetwork network)
    {
        network = default;
        if (IPAddress.TryParse(text, out var address))
        {
            // "10.1" and "167772161" are addresses to the platform, and not what anybody meant.
            if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != text)
            {
                return false;
            }

            network = new TrustedNetwork(Unmapped(new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)));
            return true;
        }

        if (!IPNetwork.TryParse(text, out var parsed))
        {
            return false;
        }

        network = new TrustedNetwork(Unmapped(parsed));
        return true;
    }

    internal bool Contains(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? _mapped is { } mapped && mapped.Contains(address) : _plain.Contains(address);

    private static IPNetwork Unmapped(IPNetwork network) =>
        network.BaseAddress.IsIPv4MappedToIPv6 && network.PrefixLength >= MappedPrefixLength
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - MappedPrefixLength)
            : network;
}
