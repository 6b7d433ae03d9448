using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>Reads one <c>WWW-Authenticate</c> line from left to right.</summary>
internal ref struct ChallengeReader(ReadOnlySpan<char> line)
{
    private const string Whitespace = " \t";

    private ReadOnlySpan<char> _rest = line;

    public bool TryReadAll(List<AuthenticationChallenge> challenges)
    {
        // RFC 9110 §5.6.1.2: empty list elements are skipped.
        for (SkipCommas(); !_rest.IsEmpty; SkipCommas())
        {
            if (!TryReadChallenge(out var challenge))
            {
                return false;
            }

            challenges.Add(challenge);
        }

        return true;
    }

    private bool TryReadChallenge([NotNullWhen(true)] out AuthenticationChallenge? challenge)
    {
        challenge = null;
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!TryReadToken(out var scheme))
        {
            return false;
        }

        string? token68 = null;
        if (!IsAtElementEnd(_rest))
        {
            // RFC 9110 §11.3: nothing but blanks separates the scheme from what follows.
            var blanks = _rest.IndexOfAnyExcept(' ');
            if (blanks == 0)
            {
                return false;
            }

            _rest = _rest[blanks..];
            if (!TryReadToken68(out token68) && !TryReadParameters(parameters))
            {
                return false;
            }
        }

        challenge = new AuthenticationChallenge(scheme, token68, parameters);
        return true;
    }

    private bool TryReadToken68([NotNullWhen(true)] out string? token68)
    {
        token68 = null;
        var length = HttpCharacters.Token68Length(_rest);
        if (length == 0 || !IsAtElementEnd(_rest[length..]))
        {
            return false;
        }

        token68 = _rest[..length].ToString();
        _rest = _rest[length..];
        return true;
    }

    private bool TryReadParameters(Dictionary<string, string> parameters)
    {
        do
        {
            // RFC 9110 §11.2: a name occurs once.
            if (!TryReadToken(out var name)
                || !TryReadEqualsSign()
                || !(TryReadToken(out var value) || TryReadQuotedString(out value))
                || !IsAtElementEnd(_rest)
                || !parameters.TryAdd(name, value))
            {
                return false;
            }

            SkipCommas();
        }
        while (IsAtParameter());

        return true;
    }

    // A name before an equals sign goes on with this challenge; any other begins the next.
    private readonly bool IsAtParameter()
    {
        var afterName = _rest[HttpCharacters.TokenLength(_rest)..];
        return afterName.TrimStart(Whitespace).StartsWith('=');
    }

    private bool TryReadToken([NotNullWhen(true)] out string? token)
    {
        var length = HttpCharacters.TokenLength(_rest);
        token = length == 0 ? null : _rest[..length].ToString();
        _rest = _rest[length..];
        return token is not null;
    }

    private bool TryReadEqualsSign()
    {
        _rest = _rest.TrimStart(Whitespace);
        if (!_rest.StartsWith('='))
        {
            return false;
        }

        _rest = _rest[1..].TrimStart(Whitespace);
        return true;
    }

    private bool TryReadQuotedString([NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!_rest.StartsWith('"'))
        {
            return false;
        }

        var unescaped = new StringBuilder();
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '"')
            {
                _rest = _rest[(i + 1)..];
                value = unescaped.ToString();
                return true;
            }

            // RFC 9110 §5.6.4: the character behind a backslash stands for itself.
            if (_rest[i] == '\\' && ++i == _rest.Length)
            {
                return false;
            }

            if (!IsFieldCharacter(_rest[i]))
            {
                return false;
            }

            unescaped.Append(_rest[i]);
        }

        return false;
    }

    // Tab, blank, visible ASCII, and the octets above it, which RFC 9110 §5.5 still lets pass.
    private static bool IsFieldCharacter(char character) => character is '\t' or (>= ' ' and not '\x7F' and <= '\xFF');

    private static bool IsAtElementEnd(ReadOnlySpan<char> text)
    {
        text = text.TrimStart(Whitespace);
        return text.IsEmpty || text[0] == ',';
    }

    private void SkipCommas() => _rest = _rest.TrimStart(" \t,");
}
