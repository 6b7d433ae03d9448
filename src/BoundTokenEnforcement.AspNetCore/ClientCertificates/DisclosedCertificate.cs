using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>Lets a handler see the certificate that the decision is about, where the application does not.</summary>
internal static class DisclosedCertificate
{
    /// <returns>Hides it again when it is disposed.</returns>
    internal static IDisposable Show(HttpContext context, ForwardedCertificateSource? forwarder)
    {
        var hidden = new Hidden(context.Features, context.Features.Get<ITlsConnectionFeature>());
        if (forwarder is not null)
        {
            var forwarded = forwarder.ReadAgain(context.Request);
            if (forwarded is not null)
            {
                // The handler, and the application's events in it, may keep it as long as one that came by the connection.
                context.Response.RegisterForDispose(forwarded);
            }

            context.Features.Set<ITlsConnectionFeature>(new SubstituteTlsConnectionFeature { ClientCertificate = forwarded });
        }
        else if (context.Features.Get<ITlsConnectionFeature>() is SubstituteTlsConnectionFeature
            && context.Features.Get<ISslStreamFeature>()?.SslStream.RemoteCertificate is X509Certificate2 ofConnection)
        {
            context.Features.Set<ITlsConnectionFeature>(new SubstituteTlsConnectionFeature { ClientCertificate = ofConnection });
        }

        return hidden;
    }

    private sealed class Hidden(IFeatureCollection features, ITlsConnectionFeature? before) : IDisposable
    {
        public void Dispose() => features.Set(before);
    }
}
