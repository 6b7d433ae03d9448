namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Shows to others what goes through a connection, and changes nothing.</summary>
internal sealed class TappedStream(Stream inner, Action<ReadOnlyMemory<byte>> received, Action<ReadOnlyMemory<byte>> sent) : DelegatingStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await base.ReadAsync(buffer, cancellationToken);
        received(buffer[..count]);
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        sent(buffer);
        return base.WriteAsync(buffer, cancellationToken);
    }
}
