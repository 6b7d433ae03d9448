using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>Sends exactly the given bytes over TLS, for requests that no HTTP client would write.</summary>
public static class RawTlsClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>GET with these header lines as they are, one connection, closed afterwards.</summary>
    public static Task<RawResponse> GetAsync(TlsApiHost host, string target, TlsClientOptions options, params string[] headerLines) =>
        SendAsync(host, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{string.Concat(headerLines.Select(l => l + "\r\n"))}\r\n", options);

    /// <summary>Sends <paramref name="request"/>, each character as one byte, and reads until the server closes. Ask for <c>Connection: close</c>.</summary>
    public static async Task<RawResponse> SendAsync(TlsApiHost host, string request, TlsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        using var timeout = new CancellationTokenSource(Patience);
        return await SendAsync(await host.ConnectAsync(options.Source, timeout.Token), request, options, host.ServerCertificate);
    }

    /// <summary>The same over a connection to any server, which is closed afterwards.</summary>
    /// <param name="connection">The connection, before the handshake.</param>
    /// <param name="request">The bytes to send.</param>
    /// <param name="options">How to do the handshake.</param>
    /// <param name="serverCertificate">Trusted unless <see cref="TlsClientOptions.Trusted"/> is another.</param>
    public static async Task<RawResponse> SendAsync(Stream connection, string request, TlsClientOptions options, X509Certificate2 serverCertificate)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var timeout = new CancellationTokenSource(Patience);
        await using var tls = new SslStream(options.Transport(connection));
        await tls.AuthenticateAsClientAsync(options.ToSslOptions(serverCertificate), timeout.Token);
        return await ExchangeAsync(tls, request, timeout.Token);
    }

    /// <summary>The same without TLS.</summary>
    public static async Task<RawResponse> SendPlainAsync(Stream connection, string request)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using var timeout = new CancellationTokenSource(Patience);
        await using (connection)
        {
            return await ExchangeAsync(connection, request, timeout.Token);
        }
    }

    private static async Task<RawResponse> ExchangeAsync(Stream stream, string request, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request), cancellationToken);
        await stream.FlushAsync(cancellationToken);
        using var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer, cancellationToken);
        }
        catch (IOException)
        {
            // A server that refuses a request before reading all of it resets the connection; what was read still counts.
        }

        return RawResponse.Parse(Encoding.Latin1.GetString(answer.ToArray()));
    }
}
