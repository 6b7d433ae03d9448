using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BoundTokenEnforcement;

/// <summary>One certificate as PEM text (RFC 7468 §3, strict), whose lines are separated by one given text.</summary>
internal static class PemCertificate
{
    private const string Label = "CERTIFICATE";
    private const string Begin = "-----BEGIN CERTIFICATE-----";
    private const string End = "-----END CERTIFICATE-----";

    /// <returns><see langword="false"/> for whatever is not, letter by letter, what one certificate gives: two blocks, text around, other lines.</returns>
    internal static bool TryDecode(ReadOnlySpan<char> text, string separator, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        // A last line end belongs to the text, or was cut off with the field.
        if (text.EndsWith(separator, StringComparison.Ordinal))
        {
            text = text[..^separator.Length];
        }

        return text.Length > Begin.Length + End.Length
            && StrictBase64.TryDecodeLoosely(text[Begin.Length..^End.Length], out der)
            && text.SequenceEqual(PemEncoding.WriteString(Label, der).Replace("\n", separator, StringComparison.Ordinal));
    }
}
