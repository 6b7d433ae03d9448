using System.Net;
using System.Net.Sockets;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>A place for hostile URLs to point at: counts connections, answers nothing.</summary>
public sealed class RecordingListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private int _connections;

    /// <summary>Starts listening on a free loopback port.</summary>
    public RecordingListener()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>The address, as http.</summary>
    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>How many connections came so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc />
    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the test is over.
        }
    }
}
