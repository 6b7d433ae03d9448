using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>Remembers what field values stand for, so that they are not decoded at each request: so many, so long, and so much together.</summary>
internal sealed class KnownFieldValues<T>
    where T : class
{
    // Only what adds takes it; what is known is found without.
    private readonly Lock _gate = new();
    private ConcurrentDictionary<string, T> _known = new(StringComparer.Ordinal);
    private int _totalLength;

    internal bool TryGet(string value, [NotNullWhen(true)] out T? meaning) => _known.TryGetValue(value, out meaning);

    internal void Remember(string value, T meaning)
    {
        // Before anything else: what has no place must not take it from others.
        if (value.Length > ForwardedCertificateCache.MaxLength)
        {
            return;
        }

        lock (_gate)
        {
            // Two requests with one new value: the second must neither count it again nor start anew for it.
            if (_known.ContainsKey(value))
            {
                return;
            }

            // Starting anew is rare, cheap, and leaves nothing that could grow.
            if (_known.Count >= ForwardedCertificateCache.MaxCount || _totalLength > ForwardedCertificateCache.MaxTotalLength - value.Length)
            {
                _known = new(StringComparer.Ordinal);
                _totalLength = 0;
            }

            _known[value] = meaning;
            _totalLength += value.Length;
        }
    }
}
