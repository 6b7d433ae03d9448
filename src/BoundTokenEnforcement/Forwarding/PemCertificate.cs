using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>One certificate as PEM text (RFC 7468 §5), whose lines are separated by one given character.</summary>
internal static class PemCertificate
{
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";
    private const int LineLength = 64;

    /// <returns><see langword="false"/> for two blocks, text around the block, other labels, and lines that are not as long as they should be.</returns>
    internal static bool TryDecode(ReadOnlySpan<char> text, char separator, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        // A last line end belongs to the text, or was cut off with the field.
        if (!text.IsEmpty && text[^1] == separator)
        {
            text = text[..^1];
        }

        if (text.Length <= Begin.Length + End.Length + 2
            || !text.StartsWith(Begin, StringComparison.Ordinal) || text[Begin.Length] != separator
            || !text.EndsWith(End, StringComparison.Ordinal) || text[^(End.Length + 1)] != separator)
        {
            return false;
        }

        return TryJoinLines(text[(Begin.Length + 1)..^(End.Length + 1)], separator, out var base64) && StrictBase64.TryDecode(base64, out der);
    }

    private static bool TryJoinLines(ReadOnlySpan<char> lines, char separator, out ReadOnlySpan<char> joined)
    {
        Span<char> buffer = new char[lines.Length];
        var length = 0;
        joined = default;
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf(separator);
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? default : lines[(end + 1)..];
            if (line.Length > LineLength || line.IsEmpty || (line.Length < LineLength && !lines.IsEmpty) || (end >= 0 && lines.IsEmpty))
            {
                return false;
            }

            line.CopyTo(buffer[length..]);
            length += line.Length;
        }

        joined = buffer[..length];
        return true;
    }
}
