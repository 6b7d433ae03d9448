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

    /// <summary>Decodes the chain of the last element, or its certificate where it has no chain.</summary>
    /// <returns><see langword="false"/> if any element cannot be read, or if the last one has neither, either twice, or <c>Cert</c>, <c>Chain</c> and <c>Hash</c> that differ.</returns>
    internal static bool TryDecodeChain(ReadOnlySpan<char> value, int max, List<byte[]> ders)
    {
        if (!XfccElement.TryReadLast(value, allowsSpiffeNames: false, out var element))
        {
            return false;
        }

        byte[]? certificate = null;
        if (!element.Certificate.IsEmpty && !EscapedPemField.TryDecode(element.Certificate, out certificate))
        {
            return false;
        }

        if (element.Chain.IsEmpty)
        {
            ders.AddRange(certificate is null ? [] : [certificate]);
        }
        else if (!EscapedPemField.TryDecodeAll(element.Chain, max, ders))
        {
            return false;
        }

        return ders.Count > 0
            && (certificate is null || certificate.AsSpan().SequenceEqual(ders[0]))
            && (element.Hash.IsEmpty || IsHashOf(element.Hash, ders[0]));
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
