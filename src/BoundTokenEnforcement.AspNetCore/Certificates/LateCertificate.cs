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
        try
        {
            await context.Connection.GetClientCertificateAsync(context.RequestAborted);
        }
#pragma warning disable CA1031 // Whatever went wrong, there is no proof. The caller then refuses.
        catch (Exception)
#pragma warning restore CA1031
        {
            // Nobody knows what state the connection is in.
            if (HttpProtocol.IsHttp11(context.Request.Protocol))
            {
                context.Response.Headers.Connection = "close";
            }

            return ConnectionCertificate.None;
        }

        var connection = ConnectionCertificate.Of(context);
        context.Features.Set(connection);
        return connection;
    }
}
