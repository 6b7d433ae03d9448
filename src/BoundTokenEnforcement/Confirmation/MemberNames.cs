using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>The member names of one JSON object, unescaped, so that a repeated one is noticed without allocating.</summary>
/// <remarks>Hashes are compared first: an unsigned token with hundreds of names must not cause a quadratic number of comparisons.</remarks>
internal ref struct MemberNames(Span<byte> buffer, Span<int> ends, Span<int> hashes)
{
    /// <summary>Most members of one object.</summary>
    internal const int MaxCount = 256;

    /// <summary>Most bytes of all names of one object together.</summary>
    internal const int BufferLength = 4 * 1024;

    private readonly Span<byte> _buffer = buffer;
    private readonly Span<int> _ends = ends;
    private readonly Span<int> _hashes = hashes;
    private int _count;

    /// <summary>Adds the name that <paramref name="reader"/> stands on.</summary>
    /// <returns><see langword="false"/> if it was there already, or if there are more names than could be compared.</returns>
    internal bool TryAdd(in Utf8JsonReader reader)
    {
        var start = _count == 0 ? 0 : _ends[_count - 1];
        if (_count == _ends.Length || reader.ValueSpan.Length > _buffer.Length - start)
        {
            return false;
        }

        var end = start + reader.CopyString(_buffer[start..]);
        var name = _buffer[start..end];
        var hash = new HashCode();
        hash.AddBytes(name);
        _ends[_count] = end;
        _hashes[_count] = hash.ToHashCode();
        if (IsAmongEarlier(name))
        {
            return false;
        }

        _count++;
        return true;
    }

    private readonly bool IsAmongEarlier(ReadOnlySpan<byte> name)
    {
        var hash = _hashes[_count];
        for (var i = _hashes[.._count].IndexOf(hash); i >= 0 && i < _count;)
        {
            if (name.SequenceEqual(_buffer[(i == 0 ? 0 : _ends[i - 1]).._ends[i]]))
            {
                return true;
            }

            var next = _hashes[(i + 1).._count].IndexOf(hash);
            i = next < 0 ? -1 : i + 1 + next;
        }

        return false;
    }
}
