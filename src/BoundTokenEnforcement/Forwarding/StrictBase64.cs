using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>Base64 (RFC 4648 §4) as one text for each value: with padding, without blanks, without spare bits.</summary>
internal static class StrictBase64
{
    internal static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes) =>
        TryDecodeLoosely(text, out bytes) && text.SequenceEqual(Convert.ToBase64String(bytes));

    /// <summary>Blanks, line ends and spare bits pass. For callers that compare the whole text with the one that the bytes give.</summary>
    internal static bool TryDecodeLoosely(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64Chars(text, buffer, out var length))
        {
            bytes = null;
            return false;
        }

        bytes = buffer[..length];
        return true;
    }
}
