using System.Buffers;

namespace BoundTokenEnforcement;

/// <summary>A transport stream that keeps a copy of what the client writes during the TLS handshake.</summary>
/// <remarks>The TLS stack does not say whether it really sent the client certificate; the bytes it writes do. See <see cref="ClientFlight"/>.</remarks>
internal sealed class RecordedStream(Stream inner) : Stream
{
    /// <summary>No handshake of a client is longer. What does not fit is not examined, so the connection is refused.</summary>
    private const int MaxRecorded = 512 * 1024;

    private ArrayBufferWriter<byte>? _written = new();

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the recording.</summary>
    /// <returns>All bytes written so far; empty if there were too many to keep.</returns>
    internal ReadOnlyMemory<byte> StopRecording()
    {
        var written = _written?.WrittenMemory ?? default;
        _written = null;
        return written.Length > MaxRecorded ? default : written;
    }

    public override int Read(Span<byte> buffer) => inner.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Record(buffer);
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Record(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    // One write past the limit is kept too, so that StopRecording notices.
    private void Record(ReadOnlySpan<byte> buffer)
    {
        if (_written is { WrittenCount: <= MaxRecorded } written)
        {
            written.Write(buffer);
        }
    }
}
