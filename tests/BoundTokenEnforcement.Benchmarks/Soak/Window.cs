using System.Collections.Concurrent;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The time that one fault lasted, and what became of the requests that were begun in it.</summary>
internal sealed class Window(string name, int enoughGood, int enoughAttacks)
{
    private readonly ConcurrentDictionary<(string Kind, Outcome Outcome), int> _counts = new();
    private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _good;
    private int _attacks;
    private int _attempts;
    private int _entered;

    // The window itself is one, until it is closed.
    private int _running = 1;

    internal const string Good = "good";

    internal string Name => name;

    internal int GoodRequests => Volatile.Read(ref _good);

    internal int Attacks => Volatile.Read(ref _attacks);

    /// <summary>Attacks of the constant load, and of the fault itself.</summary>
    internal int Attempts => Volatile.Read(ref _attempts);

    /// <summary>How many of them were let in.</summary>
    internal int Entered => Volatile.Read(ref _entered);

    /// <summary>Ends when enough requests of both kinds have ended for the fault to have had its chance.</summary>
    internal Task Enough => _enough.Task;

    internal IReadOnlyDictionary<(string Kind, Outcome Outcome), int> Counts => _counts;

    internal void Begin() => Interlocked.Increment(ref _running);

    internal void End(string kind, Outcome outcome)
    {
        _counts.AddOrUpdate((kind, outcome), 1, static (_, count) => count + 1);
        if (kind == Good)
        {
            Interlocked.Increment(ref _good);
        }
        else
        {
            Interlocked.Increment(ref _attacks);
            Tried(outcome);
        }

        if (GoodRequests >= enoughGood && Attacks >= enoughAttacks)
        {
            _enough.TrySetResult();
        }

        Leave();
    }

    /// <summary>Counts an attack that belongs to the fault, which looks at the answer itself.</summary>
    internal void Tried(Outcome outcome)
    {
        Interlocked.Increment(ref _attempts);
        if (outcome.IsIn)
        {
            Interlocked.Increment(ref _entered);
        }
    }

    /// <summary>Ends when every request that was begun in the window has ended.</summary>
    internal Task CloseAsync()
    {
        Leave();
        return _drained.Task;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _drained.TrySetResult();
        }
    }
}
