using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// What the connection itself presented, remembered at the very start of the request, before anything could put another
/// certificate in its place.
/// </summary>
internal sealed class ConnectionCertificate
{
    private static readonly ConditionalWeakTable<X509Certificate2, ConnectionCertificate> Known = [];

    private ConnectionCertificate(PresentedCertificate? presented) => Presented = presented;

    /// <summary>A connection that presented none.</summary>
    internal static ConnectionCertificate None { get; } = new(null);

    /// <summary>The certificate, or <see langword="null"/> if the connection presented none.</summary>
    internal PresentedCertificate? Presented { get; }

    /// <summary>What was remembered at the start of the request; <see langword="null"/> if the request did not pass there.</summary>
    internal static ConnectionCertificate? Seen(HttpContext context) => context.Features.Get<ConnectionCertificate>();

    /// <summary>What the connection presents now.</summary>
    internal static ConnectionCertificate Of(HttpContext context) =>
        context.Features.Get<ISslStreamFeature>() is { } tls
            ? Of((X509Certificate2?)tls.SslStream.RemoteCertificate)
            : FirstOf(context.Features, Of(context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate));

    private static ConnectionCertificate Of(X509Certificate2? certificate) => certificate is null
        ? None
        : Known.GetValue(certificate, static c => new(new PresentedCertificate(c, CertificateSource.Connection)));

    // Where TLS is not Kestrel's own there is only ITlsConnectionFeature. It has a setter and may live as long as the connection, so that what one
    // request writes into it would still stand there in the next: what the connection's first request found is what counts.
    private static ConnectionCertificate FirstOf(IFeatureCollection features, ConnectionCertificate found)
    {
        if (features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return found;
        }

        lock (items)
        {
            if (items.TryGetValue(typeof(ConnectionCertificate), out var first))
            {
                return (ConnectionCertificate)first!;
            }

            items[typeof(ConnectionCertificate)] = found;
            return found;
        }
    }
}
