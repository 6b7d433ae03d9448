using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>The member names of one JSON object, unescaped, so that a repeated one is noticed without allocating.</summary>
internal ref struct MemberNames(Span<byte> buffer, Span<int> ends)
{
    /// <summary>Most members of one object.</summary>
    internal const int MaxCount = 256;

    /// <summary>Most bytes of all names of one object together.</summary>
    internal const int BufferLength = 4 * 1024;

    private readonly Span<byte> _buffer = buffer;
    private readonly Span<int> _ends = ends;
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
        for (var i = 0; i < _count; i++)
        {
            if (name.SequenceEqual(_buffer[(i == 0 ? 0 : _ends[i - 1]).._ends[i]]))
            {
                return false;
            }
        }

        _ends[_count++] = end;
        return true;
    }
}
