using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Fetches the metadata documents of this very host over its own listener: middleware in front of the endpoint may answer in its place, and routing does not show that.
/// </summary>
internal sealed class MetadataProbe(PublishedMetadata metadata, TimeProvider clock)
{
    private const int MaxLength = 256 * 1024;

    /// <summary>As for <see cref="ListenerAudit"/>: a health check must not make the host fetch from itself each time.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private volatile Findings? _found;

    /// <summary>One line a resource, and a fault where the document is not ours.</summary>
    internal async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<AuditedListener> listeners, AuditFaults faults, CancellationToken cancellationToken)
    {
        if (_found is not { } found || clock.GetElapsedTime(found.At) >= Lifetime)
        {
            _found = found = new Findings(clock.GetTimestamp(), await FetchAllAsync(listeners, cancellationToken).ConfigureAwait(false));
        }

        var lines = await metadata.DescribeAsync().ConfigureAwait(false);
        foreach (var fetched in found.Probed.Where(static fetched => fetched.Foreign is not null))
        {
            var fault = $"{fetched.Url} is answered by something else than MapProtectedResourceMetadata(): {fetched.Foreign}. Remove what answers there, middleware or an authentication handler with metadata of its own (AddMcp, for example), or do not call AddProtectedResourceMetadata().";
            if (fetched.ClaimsEnforcement)
            {
                faults.Add(fault);
            }
            else
            {
                faults.AddRefusing(fault);
            }
        }

        return [.. lines.Zip(found.Probed, static (line, fetched) => fetched switch
        {
            { Foreign: { } foreign } => $"{fetched.Url} is answered by something else: {foreign}",
            { NotFetched: { } reason } => $"{line} (not fetched: {reason})",
            _ => line,
        })];
    }

    private async Task<IReadOnlyList<Probed>> FetchAllAsync(IReadOnlyList<AuditedListener> listeners, CancellationToken cancellationToken)
    {
        var addresses = listeners.Select(static listener => BindingAddress.Parse(listener.Address)).Where(static address => !address.IsUnixPipe && !address.IsNamedPipe).ToList();
        var listener = addresses.Find(IsHttps) ?? addresses.FirstOrDefault();
        if (listener is null)
        {
            return [.. metadata.Resources.Select(static resource => new Probed(resource.Identifier.MetadataUrl, NotFetched: "this server has no address to fetch from"))];
        }

        // One limit for all: a host whose pipeline waits until it has started must not wait for itself once a resource.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Timeout);
        using var client = Client(listener);
        var fetched = new List<Probed>();
        foreach (var resource in metadata.Resources)
        {
            fetched.Add(await FetchAsync(client, resource, listener, patience.Token).ConfigureAwait(false));
            cancellationToken.ThrowIfCancellationRequested();
        }

        return fetched;
    }

    private async Task<Probed> FetchAsync(HttpClient client, PublishedResource resource, BindingAddress listener, CancellationToken cancellationToken)
    {
        var url = resource.Identifier.MetadataUrl;
        var before = await metadata.FindGapAsync(resource).ConfigureAwait(false);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Target(url, listener)) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return new Probed(url, NotFetched: $"this host answered its own request with {(int)response.StatusCode}; behind a proxy that rewrites paths it may");
            }

            var content = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return IsOurs(resource, before, content) || IsOurs(resource, await metadata.FindGapAsync(resource).ConfigureAwait(false), content)
                ? new Probed(url)
                : Other(resource, url, content);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return new Probed(url, NotFetched: "the request to this host itself failed");
        }
    }

    // The document of this moment: a copy of our own that claims more is as wrong as any other.
    private static bool IsOurs(PublishedResource resource, string? gap, byte[] content) =>
        resource.Document(boundTokensEnforced: gap is null).Content.Span.SequenceEqual(content);

    private static Probed Other(PublishedResource resource, string url, byte[] content) =>
        !ProtectedResourceMetadata.TryParse(content, out var document, out _) ? new Probed(url, "what is answered is no protected resource metadata")
        : document.TlsClientCertificateBoundAccessTokens == true ? new Probed(url, "it says that bound tokens are enforced, whether they are or not", ClaimsEnforcement: true)
        : document.Resource.Value != resource.Identifier.Value ? new Probed(url, $"it describes {document.Resource}")
        : new Probed(url, "it does not say that bound tokens are enforced");

    private static HttpClient Client(BindingAddress listener)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            SslOptions = HandshakeProbe.Options(),
            ConnectCallback = async (_, cancellationToken) =>
            {
                var address = ListenerAudit.Reachable(listener.Host);
                var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    await socket.ConnectAsync(address, listener.Port, cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

        // The name in the handshake is that of the URL: a host may choose its certificate, and whom it asks for one, by it.
        handler.SslOptions.TargetHost = null;
        return new HttpClient(handler) { MaxResponseContentBufferSize = MaxLength };
    }

    // The target must arrive as the resource wrote it.
    private static Uri Target(string metadataUrl, BindingAddress listener) => new(
        IsHttps(listener) ? metadataUrl : $"http{metadataUrl[Uri.UriSchemeHttps.Length..]}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static bool IsHttps(BindingAddress address) => string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);

    private sealed record Findings(long At, IReadOnlyList<Probed> Probed);

    private sealed record Probed(string Url, string? Foreign = null, string? NotFetched = null, bool ClaimsEnforcement = false);
}
