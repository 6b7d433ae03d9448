using System.Buffers;

namespace BoundTokenEnforcement;

/// <summary>The character sets of RFC 9110 and RFC 6750.</summary>
internal static class HttpCharacters
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    // RFC 9110 §5.6.2
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(LettersAndDigits + "!#$%&'*+-.^_`|~");

    // RFC 9110 §11.2; the same as b64token of RFC 6750 §2.1.
    private static readonly SearchValues<char> Token68Characters = SearchValues.Create(LettersAndDigits + "-._~+/");

    /// <summary>The number of token characters that <paramref name="text"/> begins with.</summary>
    public static int TokenLength(ReadOnlySpan<char> text) => LengthOf(text, TokenCharacters);

    /// <summary>The number of characters of the token68 that <paramref name="text"/> begins with, padding included; 0 when it begins with none.</summary>
    public static int Token68Length(ReadOnlySpan<char> text)
    {
        var length = LengthOf(text, Token68Characters);
        if (length == 0)
        {
            return 0;
        }

        var padding = text[length..].IndexOfAnyExcept('=');
        return padding < 0 ? text.Length : length + padding;
    }

    public static bool IsToken68(ReadOnlySpan<char> text) => !text.IsEmpty && Token68Length(text) == text.Length;

    /// <summary>Printable ASCII and the blank: what may stand in a quoted-string, once quote and backslash are escaped.</summary>
    public static bool IsPrintable(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '~');

    /// <summary>RFC 6750 §3, <c>error</c> and <c>error_description</c>: %x20-21 / %x23-5B / %x5D-7E.</summary>
    public static bool IsPlain(ReadOnlySpan<char> text) => IsPrintable(text) && !text.ContainsAny('"', '\\');

    private static int LengthOf(ReadOnlySpan<char> text, SearchValues<char> characters)
    {
        var end = text.IndexOfAnyExcept(characters);
        return end < 0 ? text.Length : end;
    }
}
