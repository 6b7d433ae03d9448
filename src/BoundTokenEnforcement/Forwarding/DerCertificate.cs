using System.Formats.Asn1;

namespace BoundTokenEnforcement;

/// <summary>The outer form of a DER certificate, looked at before anything is loaded.</summary>
internal static class DerCertificate
{
    /// <summary>Whether this is one SEQUENCE, with the shortest length there is, from the first byte to the last; not PFX, not PKCS #7.</summary>
    internal static bool IsOneSequence(ReadOnlySpan<byte> der)
    {
        try
        {
            AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var start, out var length, out var consumed);
            if (consumed != der.Length)
            {
                return false;
            }

            // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING } (RFC 5280 §4.1).
            var content = der.Slice(start, length);
            AsnDecoder.ReadSequence(content, AsnEncodingRules.DER, out _, out _, out var first);
            AsnDecoder.ReadSequence(content[first..], AsnEncodingRules.DER, out _, out _, out var second);
            var signature = content[(first + second)..];
            _ = AsnDecoder.TryReadPrimitiveBitString(signature, AsnEncodingRules.DER, out _, out _, out var third);
            return third == signature.Length;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
