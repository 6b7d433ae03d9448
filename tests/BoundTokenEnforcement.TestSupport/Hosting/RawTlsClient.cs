using System.Net.Security;
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
        await using var tls = new SslStream(options.Transport(await host.ConnectAsync(options.Source, timeout.Token)));
        await tls.AuthenticateAsClientAsync(options.ToSslOptions(host.ServerCertificate), timeout.Token);
        await tls.WriteAsync(Encoding.Latin1.GetBytes(request), timeout.Token);
        await tls.FlushAsync(timeout.Token);
        using var answer = new MemoryStream();
        try
        {
            await tls.CopyToAsync(answer, timeout.Token);
        }
        catch (IOException)
        {
            // A server that refuses a request before reading all of it resets the connection; what was read still counts.
        }

        return RawResponse.Parse(Encoding.Latin1.GetString(answer.ToArray()));
    }
}
