using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>PEM text in percent encoding (RFC 3986 §2.1). Which characters are escaped is up to the proxy; a plus sign is a plus sign.</summary>
internal static class EscapedPemField
{
    // Whatever cannot be unescaped stays as it is, or becomes something that is not ASCII; neither is found in PEM text.
    internal static bool TryDecode(ReadOnlySpan<char> value, [NotNullWhen(true)] out byte[]? der)
    {
        // RFC 7468 §3 has both line ends. All must be of one kind: one proxy writes one.
        var text = Uri.UnescapeDataString(value);
        return PemCertificate.TryDecode(text, text.Contains('\r', StringComparison.Ordinal) ? "\r\n" : "\n", out der);
    }
}
