using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>Tunnels through an HTTP proxy (RFC 9110 §9.3.6). The proxy sees the name and port of the server, and TLS records.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Each tunnel takes its connection with it; nothing is pooled here.")]
internal sealed class ProxyTunnel(IWebProxy proxy)
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    /// <returns>The proxy for <paramref name="server"/>; <see langword="null"/> to connect directly.</returns>
    internal Uri? ProxyFor(DnsEndPoint server)
    {
        var target = new UriBuilder(Uri.UriSchemeHttps, server.Host, server.Port).Uri;

        // A proxy that names the destination itself means no proxy.
        return proxy.IsBypassed(target) || proxy.GetProxy(target) is not { } address || address == target ? null : address;
    }

    /// <exception cref="HttpRequestException">The proxy cannot be reached, or opened no tunnel.</exception>
    internal async ValueTask<Stream> OpenAsync(Uri address, DnsEndPoint server, CancellationToken cancellationToken)
    {
        var authority = server.Host.Contains(':', StringComparison.Ordinal) ? $"[{server.Host}]:{server.Port}" : $"{server.Host}:{server.Port}";
        using var request = new HttpRequestMessage(HttpMethod.Connect, address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = authority;
        request.Headers.ProxyAuthorization = Credentials(address);
        var response = await SendAsync(request, address, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            response.Dispose();
            throw new HttpRequestException(HttpRequestError.ProxyTunnelError, $"the proxy '{address.Authority}' answered {(int)response.StatusCode} to CONNECT '{authority}'.");
        }

        // The stream owns the connection.
        return await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<HttpResponseMessage> SendAsync(HttpRequestMessage request, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            return await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or NotSupportedException)
        {
            throw new HttpRequestException(HttpRequestError.ProxyTunnelError, $"the proxy '{address.Authority}' cannot be used: {ConnectionProblem.Describe(e)}", e);
        }
    }

    private AuthenticationHeaderValue? Credentials(Uri address) => proxy.Credentials?.GetCredential(address, "Basic") is { UserName.Length: > 0 } credential
        ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}")))
        : null;
}
