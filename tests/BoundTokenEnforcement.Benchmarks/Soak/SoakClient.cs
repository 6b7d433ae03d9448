using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Somebody with a certificate and tokens of their own, who can also do what a thief would.</summary>
internal sealed class SoakClient : IDisposable
{
    private const int RequestsPerConnection = 20;
    private const int UsesPerToken = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan HalfOfLife = TimeSpan.FromMinutes(2);

    private readonly ServerEndpoint _endpoint;
    private readonly bool _changesConnections;
    private readonly bool _resumes;
    private readonly Lazy<HttpMessageInvoker> _bare;
    private readonly Lazy<HttpMessageInvoker> _renewed;
    private HttpMessageInvoker _own;
    private string _token = string.Empty;
    private long _issued;
    private int _requests;

    /// <param name="endpoint">The API.</param>
    /// <param name="issuer">Who issues its tokens.</param>
    /// <param name="number">Every second client begins a new connection now and then; of those every second one resumes TLS sessions.</param>
    internal SoakClient(ServerEndpoint endpoint, TestTokenIssuer issuer, int number)
    {
        _endpoint = endpoint;
        _changesConnections = number % 2 == 1;
        _resumes = number % 4 == 1;
        Issuer = issuer;
        Certificate = TestCertificates.SelfSigned($"client-{number}");
        _own = endpoint.CreateClient(Certificate, _resumes);
        _bare = new(() => endpoint.CreateClient(null));
        _renewed = new(() => endpoint.CreateClient(TestCertificates.RenewedWithSameKey(Certificate)));
    }

    internal TestTokenIssuer Issuer { get; }

    internal X509Certificate2 Certificate { get; }

    /// <summary>Whose tokens this one has stolen.</summary>
    internal SoakClient? Victim { get; set; }

    /// <summary>A good token. The same for a while, then another.</summary>
    internal string Token()
    {
        if (_requests % UsesPerToken == 0 || Stopwatch.GetElapsedTime(_issued) > HalfOfLife)
        {
            (_token, _issued) = (Issuer.BoundTo(Certificate), Stopwatch.GetTimestamp());
        }

        return _token;
    }

    /// <summary>A good request.</summary>
    internal async Task<int> SendGoodAsync()
    {
        var token = Token();
        if (++_requests % RequestsPerConnection == 0 && _changesConnections)
        {
            _own.Dispose();
            _own = _endpoint.CreateClient(Certificate, _resumes);
        }

        return await SendAsync(token);
    }

    /// <summary>A request over the own connection.</summary>
    internal Task<int> SendAsync(params string[] tokens) => SendAsync(_own, "/", tokens);

    /// <summary>The same without a certificate.</summary>
    internal Task<int> SendBareAsync(string token) => SendAsync(_bare.Value, "/", token);

    /// <summary>The same with another certificate over the same key.</summary>
    internal Task<int> SendRenewedAsync(string token) => SendAsync(_renewed.Value, "/", token);

    /// <summary>The same with the token in the query too.</summary>
    internal Task<int> SendTwiceAsync(string token) => SendAsync(_own, $"/?access_token={token}", token);

    /// <summary>A request with these fields, over the own connection.</summary>
    internal Task<int> SendFieldsAsync(params (string Name, string Value)[] fields) => SendAsync(_own, "/", fields);

    /// <summary>A request of which each byte is given, over a connection of its own.</summary>
    internal async Task<int> SendRawAsync(params string[] lines)
    {
        using var patience = new CancellationTokenSource(Patience);
        var stream = new System.Net.Sockets.NetworkStream(await _endpoint.ConnectAsync(patience.Token), ownsSocket: true);
        var request = $"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{string.Concat(lines.Select(line => line + "\r\n"))}\r\n";
        return (await RawTlsClient.SendAsync(stream, request, new TlsClientOptions { Certificate = Certificate }, _endpoint.Certificate)).Status;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _own.Dispose();
        foreach (var client in new[] { _bare, _renewed }.Where(client => client.IsValueCreated))
        {
            client.Value.Dispose();
        }

        Certificate.Dispose();
    }

    private Task<int> SendAsync(HttpMessageInvoker client, string path, params string[] tokens) =>
        SendAsync(client, path, [.. tokens.Select(token => ("Authorization", $"Bearer {token}"))]);

    private async Task<int> SendAsync(HttpMessageInvoker client, string path, (string Name, string Value)[] fields)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_endpoint.Address, path));
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, patience.Token);
        await response.Content.CopyToAsync(Stream.Null, patience.Token);
        return (int)response.StatusCode;
    }
}
