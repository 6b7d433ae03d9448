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
        if (!XfccElement.TryReadLast(value, allowsSpiffeNames: false, out var element)
            || !EscapedPemField.TryDecode(element.Certificate, out var decoded)
            || !(element.Hash.IsEmpty || IsHashOf(element.Hash, decoded)))
        {
            return false;
        }

        der = decoded;
        return true;
    }

    /// <summary>Decodes the hash of the last element.</summary>
    /// <returns><see langword="false"/> if any element cannot be read, or if the last one has no <c>Hash</c>, two, or a <c>Cert</c> with another.</returns>
    internal static bool TryDecodeHash(ReadOnlySpan<char> value, bool allowsSpiffeNames, out CertificateThumbprint hash)
    {
        if (XfccElement.TryReadLast(value, allowsSpiffeNames, out var element)
            && FingerprintField.TryDecodeHex(element.Hash, out hash)
            && (element.Certificate.IsEmpty || (EscapedPemField.TryDecode(element.Certificate, out var der) && DerCertificate.HasOuterForm(der) && IsHashOf(element.Hash, der))))
        {
            return true;
        }

        hash = default;
        return false;
    }

    private static bool IsHashOf(ReadOnlySpan<char> hash, byte[] der) => hash.Equals(Convert.ToHexString(SHA256.HashData(der)), StringComparison.OrdinalIgnoreCase);
}
