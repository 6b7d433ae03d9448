using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BoundTokenEnforcement;

/// <summary>Percent-encoded ASCII (RFC 3986 §2.1). A plus sign is a plus sign.</summary>
internal static class PercentEncoding
{
    internal static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? decoded)
    {
        decoded = null;
        Span<char> buffer = new char[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            if (character == '%')
            {
                if (i + 2 >= text.Length || !byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                {
                    return false;
                }

                character = (char)octet;
                i += 2;
            }

            if (!char.IsAscii(character))
            {
                return false;
            }

            buffer[length++] = character;
        }

        decoded = new string(buffer[..length]);
        return true;
    }
}
