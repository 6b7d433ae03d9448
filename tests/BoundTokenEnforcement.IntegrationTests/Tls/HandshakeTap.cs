using System.Collections.Concurrent;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>
/// Tells full handshakes from resumed ones by what the server sends in the clear. .NET has no property for it
/// (<c>SslStream.IsMutuallyAuthenticated</c> of a client happens to differ, and is not documented to).
/// </summary>
public sealed class HandshakeTap
{
    private readonly ConcurrentQueue<Connection> _connections = new();

    /// <summary>How many connections came to their handshake's end.</summary>
    public int Count => _connections.Count(c => c.IsResumed is not null);

    /// <summary>Whether there was a connection, and all of them resumed a session.</summary>
    public bool AllResumed => Count > 0 && _connections.All(c => c.IsResumed is not false);

    /// <summary>Whether there was a connection, and none of them resumed a session.</summary>
    public bool NoneResumed => Count > 0 && _connections.All(c => c.IsResumed is not true);

    /// <summary>Everything that clients sent, in the clear up to a point and encrypted from there on.</summary>
    public IEnumerable<byte[]> Sent => _connections.Select(c => c.Sent);

    /// <summary>For <see cref="TestSupport.TlsClientOptions.Transport"/>.</summary>
    public Stream Attach(Stream stream)
    {
        var connection = new Connection();
        _connections.Enqueue(connection);
        return new TappedStream(stream, connection.Receive, connection.Send);
    }

    private sealed class Connection
    {
        private const int Enough = 256 * 1024;
        private readonly List<byte> _received = [];
        private readonly List<byte> _sent = [];

        internal bool? IsResumed { get; private set; }

        internal byte[] Sent
        {
            get
            {
                lock (_sent)
                {
                    return [.. _sent];
                }
            }
        }

        internal void Receive(ReadOnlyMemory<byte> bytes)
        {
            if (IsResumed is null && _received.Count < Enough)
            {
                _received.AddRange(bytes.Span);
                IsResumed = ServerFlight.IsResumed([.. _received]);
            }
        }

        internal void Send(ReadOnlyMemory<byte> bytes)
        {
            lock (_sent)
            {
                if (_sent.Count < Enough)
                {
                    _sent.AddRange(bytes.Span);
                }
            }
        }
    }
}
