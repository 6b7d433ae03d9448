namespace BoundTokenEnforcement;

/// <summary>Reads the bearer token of a request (<see href="https://www.rfc-editor.org/rfc/rfc6750#section-2.1">RFC 6750 §2.1</see>).</summary>
public static class BearerCredentials
{
    /// <summary>The scheme's name, as it is written; reading ignores case (RFC 9110 §11.1).</summary>
    public const string Scheme = "Bearer";

    /// <summary>The greatest number of characters of a field value; a longer one is malformed.</summary>
    /// <value>65536.</value>
    public const int MaxLength = 65536;

    /// <summary>
    /// Reads the value of one <c>Authorization</c> field. The scheme is followed by one or more blanks and by the token, which reaches to the very end and consists of
    /// ASCII letters, digits, <c>-._~+/</c> and, at its end, <c>=</c>. Nothing is trimmed and nothing is allocated.
    /// </summary>
    /// <remarks>
    /// Not checked: that the request has only one such field. A server that joins repeated fields with a comma gets <see cref="BearerCredentialsReading.Malformed"/>
    /// when any of them names <c>Bearer</c>; one that hands them over apart must refuse the repetition itself. Tokens in the query or the body are not looked for.
    /// </remarks>
    /// <param name="fieldValue">The field value; null when the request has no such field.</param>
    /// <param name="token">The token, as a part of <paramref name="fieldValue"/>; empty unless the result is <see cref="BearerCredentialsReading.Token"/>.</param>
    public static BearerCredentialsReading Read(string? fieldValue, out ReadOnlyMemory<char> token)
    {
        token = default;
        var value = fieldValue.AsSpan();
        if (value.Length > MaxLength)
        {
            return BearerCredentialsReading.Malformed;
        }

        if (!value.ContainsAnyExcept(' '))
        {
            return BearerCredentialsReading.None;
        }

        var schemeEnd = HttpCharacters.TokenLength(value);
        if (!value[..schemeEnd].Equals(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            // What does not begin with a scheme may hold anything.
            return schemeEnd == 0 || HasBearerAfterComma(value) ? BearerCredentialsReading.Malformed : BearerCredentialsReading.None;
        }

        var blanks = value[schemeEnd..].IndexOfAnyExcept(' ');
        if (blanks < 0)
        {
            return BearerCredentialsReading.None;
        }

        var tokenStart = schemeEnd + blanks;
        if (blanks == 0 || !HttpCharacters.IsToken68(value[tokenStart..]))
        {
            return BearerCredentialsReading.Malformed;
        }

        token = fieldValue.AsMemory(tokenStart);
        return BearerCredentialsReading.Token;
    }

    // Two fields joined into one by the server: the bearer token behind the comma must not pass as "no token".
    private static bool HasBearerAfterComma(ReadOnlySpan<char> value)
    {
        for (var comma = value.IndexOf(','); comma >= 0; comma = value.IndexOf(','))
        {
            value = value[(comma + 1)..].TrimStart(" \t");
            if (value[..HttpCharacters.TokenLength(value)].Equals(Scheme, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
