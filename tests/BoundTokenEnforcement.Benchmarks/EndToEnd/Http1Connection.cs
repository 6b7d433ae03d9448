using System.Buffers.Text;
using System.Net.Security;
using System.Text;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>HTTP/1.1 with no more than is needed, so that the load takes as little as possible from the processors that the server needs.</summary>
internal sealed class Http1Connection : ILoadConnection
{
    private readonly SslStream _tls;
    private readonly byte[][] _requests;
    private readonly byte[] _buffer = new byte[8 * 1024];
    private int _next;

    private Http1Connection(SslStream tls, byte[][] requests)
    {
        _tls = tls;
        _requests = requests;
    }

    internal static async Task<ILoadConnection> OpenAsync(ServerEndpoint endpoint, LoadRequest request)
    {
        var tls = await endpoint.OpenAsync(request.Certificate, default);
        var forwarded = request.ForwardedCertificate is { } field ? $"Client-Cert: {field}\r\n" : "";
        return new Http1Connection(
            tls,
            [.. request.Tokens.Select(token => Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n{forwarded}\r\n"))]);
    }

    public async ValueTask<int> SendAsync()
    {
        await _tls.WriteAsync(_requests[_next]);
        _next = (_next + 1) % _requests.Length;

        var received = 0;
        var expected = int.MaxValue;
        while (received < expected)
        {
            var read = await _tls.ReadAsync(_buffer.AsMemory(received));
            if (read == 0)
            {
                throw new IOException($"The connection was closed: {Encoding.ASCII.GetString(_buffer, 0, received)}");
            }

            received += read;
            expected = LengthOf(_buffer.AsSpan(0, received));
        }

        return received == expected && Utf8Parser.TryParse(_buffer.AsSpan("HTTP/1.1 ".Length, 3), out int status, out _)
            ? status
            : throw new IOException($"Not understood: {Encoding.ASCII.GetString(_buffer, 0, received)}");
    }

    public ValueTask DisposeAsync() => _tls.DisposeAsync();

    // The length of the whole answer, as far as it is known yet.
    private static int LengthOf(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return int.MaxValue;
        }

        var field = answer[..end].IndexOf("\r\nContent-Length: "u8);
        return field >= 0 && Utf8Parser.TryParse(answer[(field + "\r\nContent-Length: ".Length)..], out int length, out _)
            ? end + 4 + length
            : throw new IOException($"No length: {Encoding.ASCII.GetString(answer)}");
    }
}
