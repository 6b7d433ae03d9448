using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BoundTokenEnforcement;

/// <summary>Looks at the addresses of Kestrel. Other servers (IIS, a test server) cannot be examined, and are not reported.</summary>
internal sealed class ListenerAudit(EnforcementPolicy policy, ClientCertificateAvailability arrival, TimeProvider clock, IServer? server = null)
{
    /// <summary>How long findings are reused: a health check must not cause a handshake each time it is called.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private volatile Findings? _found;

    private bool IsKestrel => server?.GetType().Assembly == typeof(KestrelServer).Assembly;

    internal async Task<IReadOnlyList<AuditedListener>> RunAsync(CancellationToken cancellationToken)
    {
        if (!IsKestrel || server!.Features.Get<IServerAddressesFeature>() is not { } addresses)
        {
            return [];
        }

        if (_found is { } found && clock.GetElapsedTime(found.At) < Lifetime)
        {
            return found.Listeners;
        }

        var effective = policy.Effective;
        var listeners = new List<AuditedListener>();
        foreach (var address in addresses.Addresses)
        {
            listeners.Add(await LookAtAsync(address, effective, cancellationToken).ConfigureAwait(false));
        }

        if (effective.Forwarder is not { Trust.NeedsCertificate: false } && listeners.Exists(static listener => listener.CertificateCanArrive == true))
        {
            arrival.Confirm();
        }

        _found = new Findings(clock.GetTimestamp(), listeners);
        return listeners;
    }

    private static async Task<AuditedListener> LookAtAsync(string address, EffectivePolicy policy, CancellationToken cancellationToken)
    {
        var binding = BindingAddress.Parse(address);
        if (policy.Forwarder is { } forwarder)
        {
            if (binding.IsUnixPipe)
            {
                return new(address, forwarder.Trust.TrustsUnixSockets, forwarder.Trust.TrustsUnixSockets ? "is the proxy's" : "is a Unix socket, and TrustUnixSocket is not set");
            }

            if (binding.IsNamedPipe)
            {
                return new(address, certificateCanArrive: false, "is a named pipe: its peers are not trusted");
            }

            if (!forwarder.Trust.NeedsCertificate)
            {
                return new(address, forwarder.Trust.TrustsNetworkPeers, forwarder.Trust.TrustsNetworkPeers ? "is for trusted addresses" : "is no Unix socket, and no other peer is trusted");
            }
        }

        if (!string.Equals(binding.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase))
        {
            return new(address, certificateCanArrive: false, "without TLS: no certificate can arrive");
        }

        if (binding.IsUnixPipe || binding.IsNamedPipe)
        {
            return new(address, certificateCanArrive: null, "not looked at");
        }

        var asks = await HandshakeProbe.AsksForCertificateAsync(Reachable(binding.Host), binding.Port, cancellationToken).ConfigureAwait(false);
        return asks switch
        {
            true => new(address, asks, "asks for a client certificate (tried)"),
            // A handshake does not show what is asked for afterwards.
            false when policy.Options.NegotiateDelayedCertificates => new(address, certificateCanArrive: null, "does not ask for a client certificate in the handshake (tried); NegotiateDelayedCertificates may ask later"),
            false => new(address, asks, "does not ask for a client certificate (tried)"),
            null => new(address, asks, "could not be tried: the handshake failed"),
        };
    }

    // "*", "+", "localhost" and the any-addresses are reached by the loopback address.
    internal static IPAddress Reachable(string host)
    {
        if (!IPAddress.TryParse(host.Trim('[', ']'), out var address) || address.Equals(IPAddress.Any))
        {
            return IPAddress.Loopback;
        }

        return address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback : address;
    }

    private sealed record Findings(long At, IReadOnlyList<AuditedListener> Listeners);
}
