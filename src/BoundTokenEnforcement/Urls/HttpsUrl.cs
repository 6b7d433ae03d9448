using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace BoundTokenEnforcement;

/// <summary>
/// An <c>https</c> URL cut into its parts and otherwise left as it was written. <see cref="Uri"/> is not used because it changes what it reads:
/// it adds a slash, lowers the host, drops <c>:443</c>, resolves dot segments and decodes escapes, and identifiers are compared code point by code point.
/// </summary>
internal readonly struct HttpsUrl
{
    public const string Scheme = "https://";
    private const int DefaultPort = 443;

    private static readonly SearchValues<char> UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%");

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly SearchValues<char> IPv6Characters = SearchValues.Create("0123456789ABCDEFabcdef:.");

    private readonly string _text;
    private readonly int _hostEnd;
    private readonly int _authorityEnd;
    private readonly int _pathEnd;

    private HttpsUrl(string text, int hostEnd, int authorityEnd, int pathEnd, int port)
    {
        _text = text;
        _hostEnd = hostEnd;
        _authorityEnd = authorityEnd;
        _pathEnd = pathEnd;
        Port = port;
    }

    public int Port { get; }

    public ReadOnlySpan<char> Host => _text.AsSpan(Scheme.Length, _hostEnd - Scheme.Length);

    public ReadOnlySpan<char> Authority => _text.AsSpan(Scheme.Length, _authorityEnd - Scheme.Length);

    public ReadOnlySpan<char> Path => _text.AsSpan(_authorityEnd, _pathEnd - _authorityEnd);

    /// <summary>With its question mark; empty when there is none.</summary>
    public ReadOnlySpan<char> Query => _text.AsSpan(_pathEnd);

    /// <summary>An identifier, from which other URLs are built: of limited length, and with the scheme as those URLs will have it.</summary>
    public static bool TryParseIdentifier(string text, int maxLength, out HttpsUrl url, [NotNullWhen(false)] out string? fault)
    {
        url = default;
        if (text.Length > maxLength)
        {
            fault = string.Create(CultureInfo.InvariantCulture, $"it is longer than {maxLength} characters");
            return false;
        }

        if (!TryParse(text, out url, out fault))
        {
            return false;
        }

        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            fault = "its scheme is not written as https:// in lower case";
            return false;
        }

        return true;
    }

    public static bool TryParse(string text, out HttpsUrl url, [NotNullWhen(false)] out string? fault)
    {
        url = default;
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            fault = "it does not begin with https://";
            return false;
        }

        fault = FaultInCharacters(text);
        if (fault is not null)
        {
            return false;
        }

        var authorityEnd = IndexFrom(text, Scheme.Length, "/?");
        var pathEnd = IndexFrom(text, authorityEnd, "?");
        fault = FaultInAuthority(text.AsSpan(Scheme.Length, authorityEnd - Scheme.Length), out var hostLength, out var port)
            ?? FaultInPath(text.AsSpan(authorityEnd, pathEnd - authorityEnd));
        if (fault is not null)
        {
            return false;
        }

        url = new HttpsUrl(text, Scheme.Length + hostLength, authorityEnd, pathEnd, port);
        return true;
    }

    /// <summary>Reads only what leads to a server: the host and the port. Path and query may be anything that can be written in a URL, and a fragment, which is never sent, is cut off.</summary>
    public static bool TryParseOrigin(string text, out HttpsUrl url)
    {
        url = default;
        var fragment = text.IndexOf('#', StringComparison.Ordinal);
        text = fragment < 0 ? text : text[..fragment];
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || FaultInCharacters(text) is not null)
        {
            return false;
        }

        var authorityEnd = IndexFrom(text, Scheme.Length, "/?");
        if (FaultInAuthority(text.AsSpan(Scheme.Length, authorityEnd - Scheme.Length), out var hostLength, out var port) is not null)
        {
            return false;
        }

        url = new HttpsUrl(text, Scheme.Length + hostLength, authorityEnd, IndexFrom(text, authorityEnd, "?"), port);
        return true;
    }

    private static int IndexFrom(string text, int start, ReadOnlySpan<char> anyOf)
    {
        var index = text.AsSpan(start).IndexOfAny(anyOf);
        return index < 0 ? text.Length : start + index;
    }

    private static string? FaultInCharacters(string text)
    {
        var odd = text.AsSpan().IndexOfAnyExcept(UrlCharacters);
        if (odd >= 0)
        {
            return text[odd] switch
            {
                '#' => "it has a fragment",
                '\\' => "it contains a backslash",
                _ => string.Create(CultureInfo.InvariantCulture, $"it contains U+{(int)text[odd]:X4}, which a URL cannot contain"),
            };
        }

        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return "it contains a percent sign that is not followed by two hexadecimal digits";
            }
        }

        return null;
    }

    private static string? FaultInAuthority(ReadOnlySpan<char> authority, out int hostLength, out int port)
    {
        hostLength = 0;
        port = DefaultPort;
        if (authority.Contains('@'))
        {
            // RFC 9110 §4.2.4
            return "it has user information before the host";
        }

        // The colons of an IPv6 address stand inside its brackets.
        var bracketEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : 0;
        var colon = authority[bracketEnd..].IndexOf(':');
        hostLength = colon < 0 ? authority.Length : bracketEnd + colon;
        if (!IsHost(authority[..hostLength]))
        {
            return hostLength == 0 ? "its host is empty" : "its host is not a host name or an IP address";
        }

        return colon < 0 || TryReadPort(authority[(hostLength + 1)..], out port) ? null : "its port is not a number from 1 to 65535";
    }

    private static bool IsHost(ReadOnlySpan<char> host)
    {
        if (host.StartsWith('['))
        {
            return host.EndsWith(']')
                && !host[1..^1].ContainsAnyExcept(IPv6Characters)
                && IPAddress.TryParse(host[1..^1], out var address)
                && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        foreach (var label in host.Split('.'))
        {
            // Also refuses the final dot, which names the same host in a second way.
            if (host[label].IsEmpty || host[label].ContainsAnyExcept(LabelCharacters))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadPort(ReadOnlySpan<char> digits, out int port)
    {
        port = 0;
        return !digits.StartsWith('0')
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= IPEndPoint.MaxPort;
    }

    private static string? FaultInPath(ReadOnlySpan<char> path)
    {
        if (path.ContainsAny('[', ']'))
        {
            return "its path contains a square bracket";
        }

        if (path.Contains("//", StringComparison.Ordinal))
        {
            return "its path has an empty segment";
        }

        foreach (var segment in path.Split('/'))
        {
            if (IsDotSegment(path[segment]))
            {
                return "its path has a dot segment";
            }
        }

        return null;
    }

    private static bool IsDotSegment(ReadOnlySpan<char> segment)
    {
        // Some servers drop everything from the semicolon before they resolve dots: `..;x` is `..` to them.
        var semicolon = segment.IndexOf(';');
        var rest = semicolon < 0 ? segment : segment[..semicolon];
        var dots = 0;
        for (; !rest.IsEmpty; dots++)
        {
            if (rest[0] == '.')
            {
                rest = rest[1..];
            }
            else if (rest.StartsWith("%2e", StringComparison.OrdinalIgnoreCase))
            {
                rest = rest[3..];
            }
            else
            {
                return false;
            }
        }

        return dots is 1 or 2;
    }
}
