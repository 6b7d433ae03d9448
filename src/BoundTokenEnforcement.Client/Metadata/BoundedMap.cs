using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>Keeps a limited number of values, and forgets the oldest. Reading takes no lock.</summary>
internal sealed class BoundedMap<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _values = new();
    private readonly Queue<TKey> _order = new();
    private readonly Lock _lock = new();

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _order.Count;
            }
        }
    }

    internal bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _values.TryGetValue(key, out value);

    internal TValue GetOrAdd(TKey key, Func<TKey, TValue> create)
    {
        if (_values.TryGetValue(key, out var known))
        {
            return known;
        }

        lock (_lock)
        {
            if (_values.TryGetValue(key, out known))
            {
                return known;
            }

            if (_order.Count == capacity)
            {
                _values.TryRemove(_order.Dequeue(), out _);
            }

            _order.Enqueue(key);
            return _values[key] = create(key);
        }
    }
}
