namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Somebody else's code in the middle of a request, which can be made to misbehave.</summary>
internal sealed class Sink : IDisposable
{
    private readonly ManualResetEventSlim _open = new(initialState: true);
    private volatile SinkMode _mode;
    private long _faults;

    /// <summary>How often it has thrown or blocked.</summary>
    internal long Faults => Interlocked.Read(ref _faults);

    internal void Set(SinkMode mode)
    {
        if (mode == SinkMode.Block)
        {
            _open.Reset();
        }
        else
        {
            _open.Set();
        }

        _mode = mode;
    }

    internal void Called()
    {
        switch (_mode)
        {
            case SinkMode.Throw:
                Interlocked.Increment(ref _faults);
                throw new IOException("No space left on device");
            case SinkMode.Block:
                Interlocked.Increment(ref _faults);
                _open.Wait();
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _open.Dispose();
}
