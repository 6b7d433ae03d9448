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

    /// <summary>One or more of them, one after the other. A line end between two must be there.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="separator">The line end.</param>
    /// <param name="max">The most certificates.</param>
    /// <param name="ders">What was read, in its order; only to be used if all was.</param>
    internal static bool TryDecodeAll(ReadOnlySpan<char> text, string separator, int max, List<byte[]> ders)
    {
        do
        {
            var length = text.IndexOf(End) + End.Length;
            if (ders.Count == max || length < End.Length || !TryDecode(text[..length], separator, out var der))
            {
                return false;
            }

            ders.Add(der);
            text = text[length..];
            if (text.IsEmpty)
            {
                return true;
            }

            if (!text.StartsWith(separator, StringComparison.Ordinal))
            {
                return false;
            }

            text = text[separator.Length..];
        }
        while (!text.IsEmpty);

        return true;
    }
}
