using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Asks for a certificate after the handshake. Kestrel does so on HTTP/1.1 only, and only before the body is read.
/// </summary>
internal static class LateCertificate
{
    internal static bool IsWorthAsking(ConnectionCertificate? connection, Confirmation confirmation) =>
        connection is { Presented: null } && confirmation is { Fault: null, IsAbsent: false };

    /// <returns>What the connection presents now.</returns>
    internal static async ValueTask<ConnectionCertificate> NegotiateAsync(HttpContext context)
    {
        var connection = ConnectionCertificate.None;
        try
        {
            await context.Connection.GetClientCertificateAsync(context.RequestAborted);
            connection = ConnectionCertificate.Of(context);
        }
#pragma warning disable CA1031 // Whatever went wrong, there is no proof. The caller then refuses.
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        // Nobody knows what state the connection is in. (In TLS 1.3 the client's answer may still be on its way, behind the body.)
        if (connection.Presented is null && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            context.Response.Headers.Connection = "close";
        }

        context.Features.Set(connection);
        return connection;
    }
}
