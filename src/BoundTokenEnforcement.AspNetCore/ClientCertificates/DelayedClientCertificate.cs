using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// Asks for a certificate after the handshake. Kestrel does so on HTTP/1.1 only, and only before the body is read.
/// </summary>
internal static class DelayedClientCertificate
{
    internal static bool MayNegotiate(ClientCertificateState? seen, Confirmation confirmation) =>
        seen is { Presented: null, Source: CertificateSource.Connection } && confirmation is { Fault: null, IsAbsent: false };

    /// <returns>What the connection presents now.</returns>
    internal static async ValueTask<ClientCertificateState> NegotiateAsync(HttpContext context)
    {
        // Only Kestrel's own TLS shows what the handshake produced. Elsewhere, a value that middleware assigned looks the same.
        if (context.Features.Get<ISslStreamFeature>() is null)
        {
            return ClientCertificateState.None;
        }

        var seen = ClientCertificateState.None;
        try
        {
            await context.Connection.GetClientCertificateAsync(context.RequestAborted).ConfigureAwait(false);
            seen = ConnectionCertificate.Of(context);
        }
#pragma warning disable CA1031 // Whatever went wrong, there is no proof. The caller then refuses.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        // The state of the connection is unknown. (In TLS 1.3 the client's answer may still be on its way, behind the body.)
        if (seen.Presented is null && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        return seen;
    }
}
