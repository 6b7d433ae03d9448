using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BoundTokenEnforcement.Client.Tests.Connections;

/// <summary>An HTTP proxy that opens tunnels (RFC 9110 §9.3.6) to loopback ports, and keeps what it saw.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    internal ConnectProxy()
    {
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    internal Uri Address { get; }

    /// <summary>What requests to the proxy are answered with.</summary>
    internal string Status { get; set; } = "200 OK";

    /// <summary>The heads of the requests to the proxy.</summary>
    internal ConcurrentQueue<string> Heads { get; } = new();

    /// <summary>Everything that went from clients to servers.</summary>
    internal MemoryStream Tunnelled { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            var stream = client.GetStream();
            var head = new StringBuilder();
            var one = new byte[1];
            while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, _stop.Token) == 1)
            {
                head.Append((char)one[0]);
            }

            Heads.Enqueue(head.ToString());
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {Status}\r\n\r\n"), _stop.Token);
            if (!Status.StartsWith("200", StringComparison.Ordinal))
            {
                return;
            }

            // Names are the proxy's business: each leads to this machine.
            var port = int.Parse(head.ToString().Split(' ')[1].Split(':')[^1]);
            using var server = new TcpClient();
            await server.ConnectAsync(IPAddress.Loopback, port, _stop.Token);
            await Task.WhenAny(CopyAsync(stream, server.GetStream(), Tunnelled), CopyAsync(server.GetStream(), stream, null));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
        {
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, MemoryStream? record)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is > 0 and var count)
        {
            if (record is not null)
            {
                lock (record)
                {
                    record.Write(buffer, 0, count);
                }
            }

            await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
        }
    }
}
