using System.Net.Sockets;
using System.Security.Authentication;

namespace BoundTokenEnforcement;

/// <summary>Says in words at which step a connection failed: each step has another remedy.</summary>
internal static class ConnectionProblem
{
    internal static string Describe(Exception exception)
    {
        var socket = Inner<SocketException>(exception);
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name could not be resolved (DNS)",
            _ when socket?.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name could not be resolved (DNS)",
            _ when Inner<AuthenticationException>(exception) is { } tls => $"the TLS handshake failed: {Innermost(tls).Message}",
            _ when socket?.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "the server closed the connection (reset)",
            _ when socket is not null => $"no connection could be made (TCP: {socket.SocketErrorCode})",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "the server ended the TLS handshake",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "the server closed the connection before its answer was complete",
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => "the server closed the connection before its answer was complete",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => "its answer is not HTTP",
            _ => $"the connection failed: {Innermost(exception).Message}",
        };
    }

    /// <summary>Whether the server may have ended the handshake, and not this client.</summary>
    internal static bool IsAlert(Exception exception) => Inner<AuthenticationException>(exception) is null or { InnerException: not null };

    private static T? Inner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
