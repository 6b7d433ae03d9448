using System.Text;

namespace BoundTokenEnforcement;

/// <summary>Reads the <c>name=value</c> pairs of an XFCC field one after the other.</summary>
internal ref struct XfccReader(ReadOnlySpan<char> rest)
{
    private ReadOnlySpan<char> _rest = rest;

    /// <summary>Whether the whole field was read, and did not end in a separator.</summary>
    internal bool IsAtEnd { get; private set; }

    /// <returns><see langword="false"/> if what follows is not a pair.</returns>
    internal bool TryReadPair(out ReadOnlySpan<char> name, out string value, out bool endsElement)
    {
        name = default;
        value = string.Empty;
        endsElement = false;
        var equals = _rest.IndexOf('=');
        if (equals <= 0 || _rest[..equals].ContainsAnyExceptInRange('A', 'z'))
        {
            return false;
        }

        name = _rest[..equals];
        _rest = _rest[(equals + 1)..];
        if (!(_rest is ['"', ..] ? TryReadQuoted(out value) : TryReadPlain(out value)))
        {
            return false;
        }

        if (_rest.IsEmpty)
        {
            IsAtEnd = true;
            return true;
        }

        endsElement = _rest[0] == ',';
        var isSeparated = endsElement || _rest[0] == ';';
        // A joined field has a blank behind the comma.
        _rest = endsElement ? _rest[1..].TrimStart(' ') : _rest[1..];
        return isSeparated;
    }

    private bool TryReadPlain(out string value)
    {
        var end = _rest.IndexOfAny(',', ';');
        var text = end < 0 ? _rest : _rest[..end];
        value = text.ToString();
        _rest = _rest[text.Length..];
        return !text.ContainsAny('"', '=', '\\');
    }

    private bool TryReadQuoted(out string value)
    {
        var text = new StringBuilder();
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                value = text.ToString();
                _rest = _rest[(i + 1)..];
                return true;
            }

            if (_rest[i] == '\\' && ++i == _rest.Length)
            {
                break;
            }

            text.Append(_rest[i]);
        }

        value = string.Empty;
        return false;
    }
}
