using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>
/// Notices that something in the pipeline put another certificate in the place of the connection's, as <c>UseCertificateForwarding</c> does for
/// any sender of its header. Bindings ignore it; the operator should know.
/// </summary>
internal sealed class ReplacedCertificate(ILogger<ReplacedCertificate> logger)
{
    private int _seen;

    /// <summary>Whether that happened since the start.</summary>
    internal bool WasSeen => Volatile.Read(ref _seen) != 0;

    /// <summary>Looked at only when a binding is refused: that is what follows for everybody who relies on the other certificate.</summary>
    internal void Observe(HttpContext context, RequestBinding request)
    {
        if (!WasSeen && IsReplaced(context, request) && Interlocked.Exchange(ref _seen, 1) == 0)
        {
            logger.CertificateReplaced();
        }
    }

    private static bool IsReplaced(HttpContext context, RequestBinding request)
    {
        if (context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } shown
            || ReferenceEquals(shown, context.Features.Get<ISslStreamFeature>()?.SslStream.RemoteCertificate)
            || request.Certificate is not { } seen)
        {
            return false;
        }

        var thumbprint = CertificateThumbprint.Of(shown);
        return seen.Presented?.Thumbprint != thumbprint && request.ProxyCertificate?.Thumbprint != thumbprint;
    }
}
