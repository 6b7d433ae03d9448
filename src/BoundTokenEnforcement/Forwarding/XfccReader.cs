using System.Buffers;

namespace BoundTokenEnforcement;

/// <summary>Reads the <c>name=value</c> pairs of an XFCC field one after the other, without copying them.</summary>
internal ref struct XfccReader(ReadOnlySpan<char> rest)
{
    private static readonly SearchValues<char> Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private ReadOnlySpan<char> _rest = rest;

    internal ReadOnlySpan<char> Name { get; private set; }

    /// <summary>What stands between the quotes, if there are any. Escapes are not undone: no value that we want has any.</summary>
    internal ReadOnlySpan<char> Value { get; private set; }

    internal bool IsQuoted { get; private set; }

    /// <summary>Whether a comma follows, and so another element.</summary>
    internal bool EndsElement { get; private set; }

    /// <summary>Whether nothing follows.</summary>
    internal bool IsAtEnd { get; private set; }

    /// <returns><see langword="false"/> if what follows is not a pair, or is nothing.</returns>
    internal bool TryReadPair()
    {
        var nameLength = _rest.IndexOfAnyExcept(Letters);
        if (nameLength <= 0 || _rest[nameLength] != '=')
        {
            return false;
        }

        Name = _rest[..nameLength];
        _rest = _rest[(nameLength + 1)..];
        IsQuoted = _rest.StartsWith('"');
        return (IsQuoted ? TryReadQuoted() : TryReadPlain()) && TryReadSeparator();
    }

    private bool TryReadQuoted()
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                Value = _rest[1..i];
                _rest = _rest[(i + 1)..];
                return true;
            }

            if (_rest[i] == '\\')
            {
                i++;
            }
        }

        return false;
    }

    private bool TryReadPlain()
    {
        var end = _rest.IndexOfAny(",;=\"\\");
        Value = end < 0 ? _rest : _rest[..end];
        _rest = _rest[Value.Length..];
        return true;
    }

    private bool TryReadSeparator()
    {
        IsAtEnd = _rest.IsEmpty;
        EndsElement = _rest.StartsWith(',');
        if (IsAtEnd)
        {
            return true;
        }

        var isSeparated = EndsElement || _rest[0] == ';';
        // Intermediaries that join two fields write a blank after the comma.
        _rest = EndsElement ? _rest[1..].TrimStart(' ') : _rest[1..];
        return isSeparated;
    }
}
