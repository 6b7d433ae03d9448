using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// Compares the host that the request names with the one that the TLS handshake named. Where certificates are asked for under one name only,
/// a request could otherwise come in under the other.
/// </summary>
internal static class ServerNameCheck
{
    /// <returns><see langword="false"/> also without TLS, and for a handshake without a name (SNI).</returns>
    internal static bool IsMisdirected(HttpContext context) =>
        // Not ITlsHandshakeFeature.HostName: Kestrel fills it in only where the listener chooses its certificate by name.
        context.Features.Get<ISslStreamFeature>()?.SslStream.TargetHostName is { Length: > 0 } negotiated
        && !string.Equals(InAscii(negotiated), InAscii(context.Request.Host.Host), StringComparison.OrdinalIgnoreCase);

    // The platform decodes international names; a request carries them as they are on the wire.
    private static string InAscii(string host) => new HostString(host).ToUriComponent();
}
