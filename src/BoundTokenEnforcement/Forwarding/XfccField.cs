using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace BoundTokenEnforcement;

/// <summary>
/// The <c>X-Forwarded-Client-Cert</c> field of Envoy: elements separated by commas, each a list of <c>name=value</c> separated by semicolons,
/// values quoted where they hold one of <c>,;="</c>. Each proxy on the way may have appended an element; the last is the nearest one's.
/// </summary>
internal static class XfccField
{
    /// <summary>Decodes the certificate of the last element.</summary>
    /// <returns><see langword="false"/> if any element cannot be read, or if the last one has no <c>Cert</c>, two, or a <c>Hash</c> of another.</returns>
    internal static bool TryDecode(ReadOnlySpan<char> value, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        if (!TryReadLastElement(value, out var certificate, out var hash)
            || !EscapedPemField.TryDecode(certificate, out var decoded)
            || !(hash.IsEmpty || hash.Equals(Convert.ToHexString(SHA256.HashData(decoded)), StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        der = decoded;
        return true;
    }

    private static bool TryReadLastElement(ReadOnlySpan<char> value, out ReadOnlySpan<char> certificate, out ReadOnlySpan<char> hash)
    {
        certificate = hash = default;
        var mustBeLast = false;
        var reader = new XfccReader(value);
        while (reader.TryReadPair())
        {
            var isHash = Is(reader.Name, "Hash");
            if ((Is(reader.Name, "Cert") && !TrySet(ref certificate, reader.Value)) || (isHash && !TrySet(ref hash, reader.Value)))
            {
                return false;
            }

            // Envoy neither quotes nor escapes the client's own URI and DNS names (envoyproxy/envoy#32945): what looks like one more element
            // behind them may be a name in the client's certificate. Only By, the proxy's own name, and Hash are bare and safe.
            mustBeLast |= !(reader.IsQuoted || isHash || Is(reader.Name, "By"));
            if (reader.IsAtEnd)
            {
                return true;
            }

            if (reader.EndsElement)
            {
                if (mustBeLast)
                {
                    return false;
                }

                certificate = hash = default;
            }
        }

        return false;
    }

    // Names are case-insensitive: a second Cert in other letters is a second one.
    private static bool Is(ReadOnlySpan<char> name, string wanted) => name.Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool TrySet(ref ReadOnlySpan<char> target, ReadOnlySpan<char> value)
    {
        if (!target.IsEmpty || value.IsEmpty)
        {
            return false;
        }

        target = value;
        return true;
    }
}
