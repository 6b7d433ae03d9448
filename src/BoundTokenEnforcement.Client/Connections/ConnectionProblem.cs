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
            _ when Tunnel(exception) is { } tunnel => Sentence(tunnel),
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name could not be resolved (DNS)",
            _ when socket?.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "its name could not be resolved (DNS)",
            _ when Inner<AuthenticationException>(exception) is { } tls => $"the TLS handshake failed: {Sentence(Innermost(tls))}",
            _ when socket?.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "the server closed the connection (reset)",
            _ when socket is not null => $"no connection could be made (TCP: {socket.SocketErrorCode})",
            _ => ErrorOf(exception) switch
            {
                HttpRequestError.SecureConnectionError => "the server ended the TLS handshake",
                HttpRequestError.ResponseEnded => "the server closed the connection before its answer was complete",
                HttpRequestError.InvalidResponse => "its answer is not HTTP",
                HttpRequestError.HttpProtocolError => $"the HTTP/2 connection failed: {Sentence(Innermost(exception))}",
                _ => $"the connection failed: {Sentence(Innermost(exception))}",
            },
        };
    }

    /// <summary>The most specific error: the sockets wrap what is thrown while they connect.</summary>
    internal static HttpRequestError ErrorOf(Exception exception)
    {
        var error = HttpRequestError.Unknown;
        for (var e = exception; e is not null; e = e.InnerException)
        {
            error = e switch
            {
                HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } request => request.HttpRequestError,
                HttpIOException io => io.HttpRequestError,
                _ => error,
            };
        }

        return error;
    }

    /// <summary>Whether the server may have rejected the client certificate: it ended the handshake, or closed the connection behind it.</summary>
    internal static bool MayBeRejection(Exception exception) => Tunnel(exception) is null && Inner<SocketException>(exception)?.SocketErrorCode switch
    {
        null => ErrorOf(exception) switch
        {
            // Without an inner exception it was this client that did not trust the server.
            HttpRequestError.SecureConnectionError => Inner<AuthenticationException>(exception) is null or { InnerException: not null },
            HttpRequestError.ResponseEnded => true,
            _ => Inner<IOException>(exception) is not null,
        },
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => true,
        _ => false,
    };

    /// <summary>Whether another try may succeed. A certificate that is not trusted is an answer, and so is one that is no HTTP; what is left is the network.</summary>
    internal static bool MayPass(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: not AuthenticationException } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException } => true,
        HttpIOException { HttpRequestError: not (HttpRequestError.ResponseEnded or HttpRequestError.HttpProtocolError) } => false,
        IOException => true,
        _ => false,
    };

    private static HttpRequestException? Tunnel(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } tunnel)
            {
                return tunnel;
            }
        }

        return null;
    }

    // The caller ends the sentence.
    private static string Sentence(Exception exception) => exception.Message.TrimEnd('.');

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
