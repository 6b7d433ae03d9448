using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Looks at what is said about forwarded certificates: to us, and to ASP.NET Core's own middleware.</summary>
internal sealed class ForwardingAudit(
    EnforcementPolicy policy, ReplacedCertificate replaced, IEnumerable<IConfigureOptions<CertificateForwardingOptions>> frameworkForwarding)
{
    internal IEnumerable<string> Warnings(IReadOnlyList<AuditedListener> listeners)
    {
        if (replaced.WasSeen)
        {
            yield return "Something in the pipeline (UseCertificateForwarding?) replaces the certificate of the connection. Bindings ignore it. Use UseForwardedCertificate, and remove it.";
        }
        else if (frameworkForwarding.Any())
        {
            yield return "AddCertificateForwarding was called: UseCertificateForwarding believes its header from any sender. Bindings ignore it. Use UseForwardedCertificate, and remove it.";
        }

        var effective = policy.Effective;
        if (effective is not { Options.ForwardedCertificate: { } options, Forwarder: { } forwarder })
        {
            yield break;
        }

        if (options.TrustedProxies.Any(static proxy => TrustedNetwork.TryParse(proxy, out var network) && network.IsEverything))
        {
            yield return forwarder.Trust.NeedsCertificate
                ? $"{nameof(options.DangerousTrustEveryAddress)} is set: forwarded certificates are believed from every address that shows a trusted proxy's certificate."
                : $"{nameof(options.DangerousTrustEveryAddress)} is set: forwarded certificates are believed from every sender, and stolen tokens are accepted from everyone who knows the public certificate.";
        }

        if (effective is { Allowed: not null, Options: { CertificateAuthenticationScheme: null, ForwardedCertificate.RequiredHeader: null } })
        {
            yield return $"{nameof(BoundTokenEnforcementOptions.AllowedCertificates)} compares what stands in forwarded certificates: the proxies must verify who signed them. Set {nameof(BoundTokenEnforcementOptions.CertificateAuthenticationScheme)}, or {nameof(options.RequiredHeader)} if the proxy says in a field that it did.";
        }

        // Between this machine and itself there is no network.
        var mayBeFar = listeners.Where(listener => listener.CertificateCanArrive == true && !forwarder.Trust.TrustsThisMachineOnly);
        foreach (var listener in mayBeFar.Where(static listener => IsOpenOnTheNetwork(listener.Address)))
        {
            yield return $"Anyone with access to the network between the proxies and {listener.Address} can forge certificates (RFC 9440 §4). Listen on https, on the loopback address or on a Unix socket.";
        }
    }

    /// <summary>Where certificates come from, in words.</summary>
    internal static string SourceOf(EffectivePolicy policy)
    {
        if (policy is not { Options.ForwardedCertificate: { } forwarded, Forwarder: { } forwarder })
        {
            return "certificates from the connection";
        }

        string[] trusted =
        [
            .. forwarded.TrustedProxies,
            .. forwarded.TrustedProxyThumbprints.Count == 0 ? Array.Empty<string>() : [$"{forwarded.TrustedProxyThumbprints.Count} proxy certificates"],
            .. forwarded.TrustUnixSocket ? ["Unix sockets"] : Array.Empty<string>(),
        ];
        return $"certificates from field {forwarder.Field} ({forwarded.Format}), believed from {string.Join(", ", trusted)}";
    }

    private static bool IsOpenOnTheNetwork(string address)
    {
        var binding = BindingAddress.Parse(address);
        return string.Equals(binding.Scheme, Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase)
            && !binding.IsUnixPipe
            && !string.Equals(binding.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            && !(IPAddress.TryParse(binding.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
    }
}
