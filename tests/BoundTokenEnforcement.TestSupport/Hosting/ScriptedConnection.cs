using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>A connection that a <see cref="ScriptedTlsServer"/> accepted, and everything that came over it.</summary>
public sealed class ScriptedConnection
{
    private readonly Lock _lock = new();
    private readonly List<byte> _received = [];
    private int _read;

    /// <summary>Whether the TLS handshake came to its end.</summary>
    public bool IsShaken { get; private set; }

    /// <summary>The thumbprint of the client certificate that was shown; <see langword="null"/> if none was.</summary>
    public string? ClientThumbprint { get; private set; }

    /// <summary>What ended the connection, if it was not the script.</summary>
    public Exception? Fault { get; internal set; }

    /// <summary>Every byte received, decrypted.</summary>
    public byte[] Received
    {
        get
        {
            lock (_lock)
            {
                return [.. _received];
            }
        }
    }

    internal int Occurrences(ReadOnlySpan<byte> text) => Received.AsSpan().Count(text);

    internal void Shaken(SslStream tls)
    {
        ClientThumbprint = tls.RemoteCertificate is X509Certificate2 shown ? TestCertificates.Thumbprint(shown) : null;
        IsShaken = true;
    }

    /// <summary>The next request; <see langword="null"/> when the client has closed.</summary>
    internal async Task<ScriptedRequest?> ReadRequestAsync(Stream stream, CancellationToken cancellationToken)
    {
        var end = await ReadUntilAsync(stream, "\r\n\r\n", cancellationToken);
        if (end < 0)
        {
            return null;
        }

        var lines = Take(end).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var start = lines[0].Split(' ');
        var headers = lines[1..].Select(static line =>
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
        }).ToList();
        var request = new ScriptedRequest(this, start[0], start[1], headers, string.Empty);
        if (request.Header("Content-Length") is { } length)
        {
            end = _read + int.Parse(length, CultureInfo.InvariantCulture);
            while (_received.Count < end && await ReadAsync(stream, cancellationToken))
            {
            }

            return request with { Body = Take(Math.Min(end, _received.Count)) };
        }

        if (request.Header("Transfer-Encoding") is not null)
        {
            // Enough for tests: the chunks as they came.
            end = await ReadUntilAsync(stream, "0\r\n\r\n", cancellationToken);
            return request with { Body = Take(end < 0 ? _received.Count : end) };
        }

        return request;
    }

    private async Task<int> ReadUntilAsync(Stream stream, string mark, CancellationToken cancellationToken)
    {
        while (true)
        {
            var at = Encoding.Latin1.GetString(Received, _read, _received.Count - _read).IndexOf(mark, StringComparison.Ordinal);
            if (at >= 0)
            {
                return _read + at + mark.Length;
            }

            if (!await ReadAsync(stream, cancellationToken))
            {
                return -1;
            }
        }
    }

    private async Task<bool> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[16384];
        var count = await stream.ReadAsync(buffer, cancellationToken);
        lock (_lock)
        {
            _received.AddRange(buffer.AsSpan(0, count));
        }

        return count > 0;
    }

    private string Take(int end)
    {
        var text = Encoding.Latin1.GetString(Received, _read, end - _read);
        _read = end;
        return text;
    }
}
