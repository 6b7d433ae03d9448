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
}
