namespace BoundTokenEnforcement;

/// <summary>The outer form of a signed JWT: three parts between two dots (RFC 7515 §7.1). Says nothing about what is in them.</summary>
internal static class CompactJwt
{
    /// <returns><see langword="false"/> for everything with fewer or more dots: opaque and encrypted tokens.</returns>
    internal static bool TryGetPayload(ReadOnlySpan<char> token, out ReadOnlySpan<char> payload)
    {
        payload = default;
        var first = token.IndexOf('.');
        if (first < 0)
        {
            return false;
        }

        var rest = token[(first + 1)..];
        var second = rest.IndexOf('.');
        if (second < 0 || rest[(second + 1)..].Contains('.'))
        {
            return false;
        }

        payload = rest[..second];
        return true;
    }

    /// <summary>
    /// Whether every part is base64url as an issuer writes it (RFC 7515 §2): no padding, and zero in the bits of the last character that no octet takes. Decoders
    /// ignore both, so that one token would have many texts. Says nothing about characters that no decoder takes.
    /// </summary>
    internal static bool IsCanonical(ReadOnlySpan<char> token)
    {
        if (token.Contains('='))
        {
            return false;
        }

        foreach (var part in token.Split('.'))
        {
            var (length, last) = (part.End.Value - part.Start.Value, part.End.Value - 1);
            if (length % 4 is 2 or 3 && (ValueOf(token[last]) & (length % 4 == 2 ? 0b1111 : 0b11)) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static int ValueOf(char character) => character switch
    {
        >= 'A' and <= 'Z' => character - 'A',
        >= 'a' and <= 'z' => character - 'a' + 26,
        >= '0' and <= '9' => character - '0' + 52,
        '-' => 62,
        '_' => 63,
        _ => 0,
    };
}
