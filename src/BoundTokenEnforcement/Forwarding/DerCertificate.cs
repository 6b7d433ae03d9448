using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>One certificate in DER, from the first byte to the last.</summary>
internal static class DerCertificate
{
    internal static bool TryLoad(byte[] der, [NotNullWhen(true)] out X509Certificate2? certificate)
    {
        certificate = null;
        if (!HasOuterForm(der))
        {
            return false;
        }

        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return false;
        }

        // The loader may mend what it reads (D26), and the thumbprint would belong to bytes that were not sent.
        if (certificate.RawDataMemory.Span.SequenceEqual(der))
        {
            return true;
        }

        certificate.Dispose();
        certificate = null;
        return false;
    }

    /// <summary>Whether this has a certificate's outer form, with the shortest lengths there are and nothing behind: no PFX, PKCS #7, key or text gets as far as the loader.</summary>
    internal static bool HasOuterForm(ReadOnlySpan<byte> der) =>
        // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING } (RFC 5280 §4.1).
        TryTake(ref der, Asn1Tag.Sequence, out var content)
        && der.IsEmpty
        && TryTake(ref content, Asn1Tag.Sequence, out _)
        && TryTake(ref content, Asn1Tag.Sequence, out _)
        && TryTake(ref content, Asn1Tag.PrimitiveBitString, out _)
        && content.IsEmpty;

    private static bool TryTake(ref ReadOnlySpan<byte> rest, Asn1Tag expected, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (!AsnDecoder.TryReadEncodedValue(rest, AsnEncodingRules.DER, out var tag, out var start, out var length, out var consumed) || tag != expected)
        {
            return false;
        }

        content = rest.Slice(start, length);
        rest = rest[consumed..];
        return true;
    }
}
