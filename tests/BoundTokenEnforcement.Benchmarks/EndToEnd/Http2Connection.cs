using System.Net;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>HTTP/2 over a connection of its own.</summary>
internal sealed class Http2Connection : ILoadConnection
{
    private readonly HttpMessageInvoker _http;
    private readonly Uri _address;
    private readonly LoadRequest _request;
    private int _next;

    internal Http2Connection(ServerEndpoint endpoint, LoadRequest request)
    {
        _address = endpoint.Address;
        _request = request;
        _http = endpoint.CreateClient(request.Certificate);
    }

    public async ValueTask<int> SendAsync()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, _address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {_request.Tokens[_next]}");
        if (_request.ForwardedCertificate is { } forwarded)
        {
            message.Headers.TryAddWithoutValidation("Client-Cert", forwarded);
        }

        _next = (_next + 1) % _request.Tokens.Count;
        using var response = await _http.SendAsync(message, default);
        await response.Content.CopyToAsync(Stream.Null);
        return (int)response.StatusCode;
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }
}
