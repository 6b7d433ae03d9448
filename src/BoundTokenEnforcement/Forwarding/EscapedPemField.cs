using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>PEM text in percent encoding (RFC 3986 §2.1). Which characters are escaped is up to the proxy; a plus sign is a plus sign.</summary>
internal static class EscapedPemField
{
    // Whatever cannot be unescaped stays as it is, or becomes something that is not ASCII; neither is found in PEM text.
    internal static bool TryDecode(ReadOnlySpan<char> value, [NotNullWhen(true)] out byte[]? der)
    {
        var text = Uri.UnescapeDataString(value);
        return PemCertificate.TryDecode(text, LineEndOf(text), out der);
    }

    /// <summary>One or more of them, one after the other.</summary>
    internal static bool TryDecodeAll(ReadOnlySpan<char> value, int max, List<byte[]> ders)
    {
        var text = Uri.UnescapeDataString(value);
        return PemCertificate.TryDecodeAll(text, LineEndOf(text), max, ders);
    }

    // RFC 7468 §3 has both line ends. All must be of one kind: one proxy writes one.
    private static string LineEndOf(string text) => text.Contains('\r', StringComparison.Ordinal) ? "\r\n" : "\n";
}
