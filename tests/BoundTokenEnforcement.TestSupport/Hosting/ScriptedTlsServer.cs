using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>
/// A server at the level of sockets and TLS, on a free loopback port: it answers each HTTP/1.1 request with exactly the bytes of a script, which no
/// well-behaved server would send, and keeps every byte that it received.
/// </summary>
public sealed class ScriptedTlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<ScriptedConnection> _connections = new();
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly ConcurrentDictionary<Task, bool> _served = new();
    private readonly ScriptedTlsServerOptions _options;
    private readonly SslStreamCertificateContext _certificate;
    private readonly Task _accepting;
    private volatile Func<ScriptedRequest, ScriptedAnswer> _answer = static _ => ScriptedAnswer.Status(404);

    private ScriptedTlsServer(ScriptedTlsServerOptions options)
    {
        _options = options;
        ServerCertificate = options.ServerCertificate ?? TestCertificates.Server();
        _certificate = SslStreamCertificateContext.Create(ServerCertificate, additionalCertificates: null, offline: true);
        _listener.Start(512);
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>Starts a server that asks for no client certificate and answers 404 until <see cref="Answer"/> is set.</summary>
    public static ScriptedTlsServer Start() => Start(new ScriptedTlsServerOptions());

    /// <summary>Starts a server that answers 404 until <see cref="Answer"/> is set.</summary>
    public static ScriptedTlsServer Start(ScriptedTlsServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ScriptedTlsServer(options);
    }

    /// <summary>The port on the IPv4 loopback address.</summary>
    public int Port { get; }

    /// <summary><c>https://localhost:port</c>, without a slash at the end.</summary>
    public string Origin => $"https://localhost:{Port}";

    /// <summary>The certificate that the server shows: for localhost, self-signed unless given.</summary>
    public X509Certificate2 ServerCertificate { get; }

    /// <summary>What a request is answered with. May be changed at any time.</summary>
    public Func<ScriptedRequest, ScriptedAnswer> Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>Every TCP connection that was accepted, also if no handshake followed.</summary>
    public IReadOnlyList<ScriptedConnection> Connections => [.. _connections];

    /// <summary>Every request whose head arrived, in the order of arrival.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>A chain policy that trusts exactly this server.</summary>
    public X509ChainPolicy TrustingPolicy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.Add(ServerCertificate);
        return policy;
    }

    /// <summary>How often <paramref name="text"/> stands in what was received, decrypted, over all connections: in heads, bodies and anything else.</summary>
    public int Occurrences(string text) => _connections.Sum(connection => connection.Occurrences(Encoding.UTF8.GetBytes(text)));

    /// <summary>Waits until the head of the request with this number (1 is the first) has arrived.</summary>
    public async Task<ScriptedRequest> WaitForRequestAsync(int number)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (_requests.Count < number)
        {
            await _arrived.WaitAsync(patience.Token);
        }

        return _requests.ElementAt(number - 1);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_served.Keys);
        _listener.Dispose();
        _stop.Dispose();
        _arrived.Dispose();
        if (_options.ServerCertificate is null)
        {
            ServerCertificate.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                var served = ServeAsync(socket);
                _served.TryAdd(served, true);
                _ = served.ContinueWith(done => _served.TryRemove(done, out _), TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Stopped, while it accepted or between two connections.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        // By itself, and not on the thread that accepts.
        await Task.Yield();
        socket.NoDelay = true;
        using var network = new NetworkStream(socket, ownsSocket: true);
        var connection = new ScriptedConnection();
        _connections.Enqueue(connection);
        try
        {
            await using var tls = new SslStream(network);
            await tls.AuthenticateAsServerAsync(_options.ToSslOptions(_certificate), _stop.Token);
            connection.Shaken(tls);
            while (await connection.ReadRequestAsync(tls, _stop.Token) is { } request)
            {
                _requests.Enqueue(request);
                _arrived.Release();
                if (!await _answer(request).WriteAsync(tls, _stop.Token))
                {
                    // Without a goodbye: a reset, as if the machine had gone.
                    socket.Close(0);
                    return;
                }
            }
        }
        catch (Exception e)
        {
            connection.Fault = e;
        }
    }
}
