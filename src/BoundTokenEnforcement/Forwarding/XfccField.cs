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
            || certificate is null
            || !PercentEncoding.TryDecode(certificate, out var pem)
            || !PemCertificate.TryDecode(pem, '\n', out var decoded))
        {
            return false;
        }

        if (hash is not null && !string.Equals(hash, Convert.ToHexStringLower(SHA256.HashData(decoded)), StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        der = decoded;
        return true;
    }

    private static bool TryReadLastElement(ReadOnlySpan<char> value, out string? certificate, out string? hash)
    {
        certificate = hash = null;
        var reader = new XfccReader(value);
        while (reader.TryReadPair(out var name, out var text, out var endsElement))
        {
            if (!TrySet(name, "Cert", text, ref certificate) || !TrySet(name, "Hash", text, ref hash))
            {
                return false;
            }

            if (reader.IsAtEnd)
            {
                return true;
            }

            if (endsElement)
            {
                certificate = hash = null;
            }
        }

        return false;
    }

    private static bool TrySet(ReadOnlySpan<char> name, string wanted, string text, ref string? value)
    {
        // Envoy writes the names as here; a reader that ignores case elsewhere must not see another certificate than we do.
        if (!name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (value is not null || text.Length == 0)
        {
            return false;
        }

        value = text;
        return true;
    }
}
