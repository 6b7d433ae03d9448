using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
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
    internal static ConnectionCertificate Of(HttpContext context)
    {
        var certificate = HandshakeCertificate(context.Features);
        return certificate is null
            ? None
            : Known.GetValue(certificate, static c => new(new PresentedCertificate(c, CertificateSource.Connection)));
    }

    // The handshake's own object is preferred: ITlsConnectionFeature has a setter, lives as long as the connection, and whatever
    // was written into it during one request would still stand there in the next.
    private static X509Certificate2? HandshakeCertificate(IFeatureCollection features) =>
        features.Get<ISslStreamFeature>() is { } tls
            ? (X509Certificate2?)tls.SslStream.RemoteCertificate
            : features.Get<ITlsConnectionFeature>()?.ClientCertificate;
}
