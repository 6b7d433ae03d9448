using System.Globalization;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>A token as the authorization server gave it (<see href="https://www.rfc-editor.org/rfc/rfc6749#section-5.1">RFC 6749 §5.1</see>).</summary>
internal sealed class TokenAnswer
{
    internal const int MaxLength = 64 * 1024;

    private const int LongestError = 64;

    /// <summary>For a token without a stated lifetime: short enough to be harmless, long enough not to ask for each request.</summary>
    private static readonly TimeSpan LifeIfNotTold = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(1);

    private TokenAnswer(string token, TimeSpan life)
    {
        Token = token;
        Life = life;
    }

    internal string Token { get; }

    internal TimeSpan Life { get; }

    /// <exception cref="BoundTokenGuardException">There is no token in it that could be used.</exception>
    internal static TokenAnswer Read(JsonFetch fetched, string issuer)
    {
        if (fetched.Fault is not null)
        {
            throw Refuse(issuer, ErrorOf(fetched) is { } error ? $"it refused with '{error}'" : fetched.Describe() + (fetched.Status == 400 || (fetched.Cause is { } cause && ConnectionProblem.MayBeRejection(cause)) ? $". {RejectedCertificate.Advice.TrimEnd('.')}" : string.Empty), fetched.Cause);
        }

        return StrictJson.TryRead(fetched.Body, json => Read(json, issuer), out var answer)
            ? answer
            : throw Refuse(issuer, "its answer is not one JSON object in which no name occurs twice");
    }

    private static TokenAnswer Read(JsonElement json, string issuer)
    {
        // RFC 6749 §7.1: a type that is not understood must not be used. A DPoP token needs a proof that this client does not make.
        if (!string.Equals(json.Text("token_type"), BearerCredentials.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse(issuer, "its token is not of type Bearer");
        }

        if (json.Text("access_token") is not { } token
            || BearerCredentials.Read($"{BearerCredentials.Scheme} {token}", out var whole) != BearerCredentialsReading.Token
            || whole.Length != token.Length)
        {
            throw Refuse(issuer, "its token is missing or contains what a token cannot contain");
        }

        return new TokenAnswer(token, LifeOf(json, issuer));
    }

    private static TimeSpan LifeOf(JsonElement json, string issuer)
    {
        if (!json.TryGetProperty("expires_in", out var value))
        {
            return LifeIfNotTold;
        }

        // RFC 6749 §5.1 has a number. Some servers write its digits as a string, which has only one meaning.
        if (!TryReadSeconds(value, out var seconds) || seconds <= 0)
        {
            throw Refuse(issuer, "the life of its token is not a positive number of seconds");
        }

        return seconds < LongestLife.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestLife;
    }

    private static bool TryReadSeconds(JsonElement value, out long seconds)
    {
        seconds = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out seconds),
            JsonValueKind.String => long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out seconds),
            _ => false,
        };
    }

    // RFC 6749 §5.2: the code, if it looks like one. The description is untrusted text of any length.
    private static string? ErrorOf(JsonFetch fetched) =>
        fetched.Body.Length > 0
        && StrictJson.TryRead(fetched.Body, static json => json.Text("error") ?? string.Empty, out var error)
        && error.Length is > 0 and <= LongestError
        && error.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? error
            : null;

    private static BoundTokenGuardException Refuse(string issuer, string why, Exception? cause = null) =>
        new(GuardFailure.TokenUnobtainable, $"'{issuer}' gave no token that could be used: {why}.", cause);
}
