namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Sends the first message of a handshake in records of one byte each (RFC 8446 §5.1 allows it), and each record on its own.</summary>
internal sealed class FragmentingStream(Stream inner) : DelegatingStream(inner)
{
    private bool _isDone;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isDone)
        {
            await base.WriteAsync(buffer, cancellationToken);
            return;
        }

        _isDone = true;
        // The client hands over a whole record.
        for (var i = 5; i < buffer.Length; i++)
        {
            await base.WriteAsync(new byte[] { buffer.Span[0], buffer.Span[1], buffer.Span[2], 0, 1, buffer.Span[i] }, cancellationToken);
        }
    }
}
