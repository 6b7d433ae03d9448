using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Compares the host that the request names with the one that the TLS handshake named. Where certificates are asked for under one name only,
/// a request could otherwise come in under the other.
/// </summary>
internal static class RequestedHost
{
    /// <returns><see langword="false"/> also without TLS, and for a handshake without a name (SNI).</returns>
    internal static bool IsMisdirected(HttpContext context) =>
        context.Features.Get<ITlsHandshakeFeature>()?.HostName is { Length: > 0 } negotiated
        && !string.Equals(negotiated, context.Request.Host.Host, StringComparison.OrdinalIgnoreCase);
}
