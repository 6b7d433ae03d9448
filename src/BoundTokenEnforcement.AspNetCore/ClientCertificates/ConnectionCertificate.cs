using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>What the connection itself presented. Called at the very start of the request, before anything could put another certificate in its place.</summary>
internal static class ConnectionCertificate
{
    private static readonly ConditionalWeakTable<X509Certificate2, ClientCertificateState> Known = [];

    internal static ClientCertificateState Of(HttpContext context) =>
        context.Features.Get<ISslStreamFeature>() is { } tls
            ? Of((X509Certificate2?)tls.SslStream.RemoteCertificate)
            : FirstOf(context.Features, Of(context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate));

    private static ClientCertificateState Of(X509Certificate2? certificate) => certificate is null
        ? ClientCertificateState.None
        : Known.GetValue(certificate, static c => new(new PresentedCertificate(c, CertificateSource.Connection), CertificateSource.Connection));

    // Where TLS is not Kestrel's own there is only ITlsConnectionFeature. It has a setter and may live as long as the connection, so that what one
    // request writes into it would still stand there in the next: what the connection's first request found is what counts.
    private static ClientCertificateState FirstOf(IFeatureCollection features, ClientCertificateState found)
    {
        if (features.Get<IConnectionItemsFeature>()?.Items is not { } items)
        {
            return found;
        }

        lock (items)
        {
            if (items.TryGetValue(typeof(ConnectionCertificate), out var first))
            {
                return (ClientCertificateState)first!;
            }

            items[typeof(ConnectionCertificate)] = found;
            return found;
        }
    }
}
