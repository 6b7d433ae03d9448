using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>Shows a handler the certificate that the decision is about, and no other: not one that middleware assigned, nor one that an untrusted peer forwarded.</summary>
internal static class DisclosedCertificate
{
    /// <param name="context">The request.</param>
    /// <param name="presented">What was found out when the request began, whatever happened to the features since.</param>
    /// <param name="forwarder">Where a forwarded certificate can be read again.</param>
    /// <returns>Restores what was shown before when it is disposed.</returns>
    internal static IDisposable Show(HttpContext context, PresentedCertificate? presented, ForwardedCertificateSource? forwarder)
    {
        var restore = new Restore(context.Features, context.Features.Get<ITlsConnectionFeature>());
        context.Features.Set<ITlsConnectionFeature>(new SubstituteTlsConnectionFeature { ClientCertificate = CertificateOf(context, presented, forwarder) });
        return restore;
    }

    /// <summary>The certificate that the decision is about; <see langword="null"/> if there is none, or if something else stands in its place by now.</summary>
    internal static X509Certificate2? CertificateOf(HttpContext context, PresentedCertificate? presented, ForwardedCertificateSource? forwarder)
    {
        if (presented is null)
        {
            return null;
        }

        var certificate = presented.Source == CertificateSource.Connection ? OfConnection(context.Features) : Forwarded(context, forwarder);
        return certificate is not null && CertificateThumbprint.Of(certificate) == presented.Thumbprint ? certificate : null;
    }

    private static X509Certificate2? OfConnection(IFeatureCollection features) => features.Get<ISslStreamFeature>() is { } tls
        ? tls.SslStream.RemoteCertificate as X509Certificate2
        : features.Get<ITlsConnectionFeature>()?.ClientCertificate;

    private static X509Certificate2? Forwarded(HttpContext context, ForwardedCertificateSource? forwarder)
    {
        var forwarded = forwarder?.ReadAgain(context.Request);
        if (forwarded is not null)
        {
            // The handler, and the application's events in it, may keep it as long as one that came by the connection.
            context.Response.RegisterForDispose(forwarded);
        }

        return forwarded;
    }

    private sealed class Restore(IFeatureCollection features, ITlsConnectionFeature? before) : IDisposable
    {
        public void Dispose() => features.Set(before);
    }
}
