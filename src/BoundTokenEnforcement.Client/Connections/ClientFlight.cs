using System.Buffers.Binary;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// Reads, from the bytes that the client wrote during a handshake, whether the client certificate was sent. <c>SslStream</c> cannot be asked: with OpenSSL it
/// reports the certificate as used as soon as the server requested one, also when the key fits none of the signature algorithms that the
/// server accepts and the client therefore sent an empty certificate list (<see href="https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2.3">RFC 8446 §4.4.2.3</see>).
/// </summary>
internal static class ClientFlight
{
    private const byte ChangeCipherSpec = 20;
    private const byte Handshake = 22;
    private const byte ApplicationData = 23;
    private const byte Certificate = 11;
    private const byte CertificateVerify = 15;
    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;

    /// <summary>RFC 8446 §5.2: the inner content type, one byte, and the tag of the AEAD, 16 bytes (8 with the CCM_8 suites, which makes the result smaller).</summary>
    private const int Tls13Expansion = 1 + 16;

    /// <summary>RFC 8446 §4.4.4, with SHA-256 and SHA-384.</summary>
    private const int ShortFinished = HandshakeHeader + 32;
    private const int LongFinished = HandshakeHeader + 48;

    /// <summary>
    /// RFC 8446 §4.4.2: an empty list behind the longest context that a server can make the client repeat, then Finished. The rest is for a TLS stack that pads
    /// records to just the length of Finished, which cannot be distinguished from one that does not pad.
    /// </summary>
    private const int LongestEmptyFlight = HandshakeHeader + 1 + 255 + 3 + LongFinished + (ShortFinished + 1);

    /// <returns>Whether <paramref name="written"/> proves that <paramref name="certificate"/> was sent and its key was used.</returns>
    internal static bool Shows(X509Certificate2 certificate, SslProtocols protocol, ReadOnlyMemory<byte> written) => protocol switch
    {
        SslProtocols.Tls12 => ShowsInTheClear(certificate.RawDataMemory.Span, written),
        SslProtocols.Tls13 => ShowsByLength(certificate, written),
        _ => false,
    };

    /// <summary>Whether an encrypted flight with <paramref name="certificate"/> is always longer than any without.</summary>
    internal static bool IsDistinguishable(X509Certificate2 certificate) => ShortestFlight(certificate) > LongestEmptyFlight;

    // RFC 5246 §7.4.6 and §7.4.8: before ChangeCipherSpec the client's messages are not encrypted.
    private static bool ShowsInTheClear(ReadOnlySpan<byte> certificate, ReadOnlyMemory<byte> written)
    {
        var messages = new List<byte>();
        while (TryReadRecord(ref written, out var type, out var content) && type != ChangeCipherSpec)
        {
            if (type != Handshake)
            {
                return false;
            }

            messages.AddRange(content.Span);
        }

        var (isSent, isProven) = (false, false);
        ReadOnlyMemory<byte> rest = messages.ToArray();
        while (TryReadMessage(ref rest, out var type, out var body))
        {
            isSent |= type == Certificate && FirstOf(body).Span.SequenceEqual(certificate);
            isProven |= type == CertificateVerify;
        }

        return rest.IsEmpty && isSent && isProven;
    }

    // RFC 8446 §4.4: Certificate, CertificateVerify and Finished are encrypted. Their lengths are not: without a certificate there is nothing that could
    // make up for it, not even the context that the server may choose.
    private static bool ShowsByLength(X509Certificate2 certificate, ReadOnlyMemory<byte> written)
    {
        var (records, total, last) = (0, 0, 0);
        while (!written.IsEmpty)
        {
            if (!TryReadRecord(ref written, out var type, out var content))
            {
                return false;
            }

            if (type == ApplicationData)
            {
                last = content.Length - Tls13Expansion;
                total += last;
                records++;
            }
        }

        // A last record that is not exactly Finished may be padded (RFC 8446 §5.4), and then lengths prove nothing. TLS stacks that write all
        // three messages as one record do not pad.
        return (records == 1 || last is ShortFinished or LongFinished)
            && IsDistinguishable(certificate)
            && total >= ShortestFlight(certificate);
    }

    // Certificate with an empty context and this certificate alone, CertificateVerify, Finished.
    private static int ShortestFlight(X509Certificate2 certificate) =>
        HandshakeHeader + 1 + 3 + 3 + certificate.RawDataMemory.Length + 2 + HandshakeHeader + 2 + 2 + ShortestSignature(certificate) + ShortFinished;

    // RSA signatures are as long as the modulus. An ECDSA signature is two DER integers: shorter than half of its usual length never happens by chance.
    private static int ShortestSignature(X509Certificate2 certificate)
    {
        using var rsa = certificate.GetRSAPublicKey();
        using var ecdsa = certificate.GetECDsaPublicKey();
        return rsa is not null ? rsa.KeySize / 8 : ecdsa is not null ? ecdsa.KeySize / 8 : 0;
    }

    private static ReadOnlyMemory<byte> FirstOf(ReadOnlyMemory<byte> certificateMessage) =>
        TryReadVector(ref certificateMessage, out var list) && certificateMessage.IsEmpty && TryReadVector(ref list, out var first) ? first : default;

    private static bool TryReadRecord(ref ReadOnlyMemory<byte> written, out byte type, out ReadOnlyMemory<byte> content)
    {
        (type, content) = (0, default);
        if (written.Length < RecordHeader)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(written.Span[3..]);
        if (written.Length - RecordHeader < length)
        {
            return false;
        }

        type = written.Span[0];
        content = written.Slice(RecordHeader, length);
        written = written[(RecordHeader + length)..];
        return true;
    }

    private static bool TryReadMessage(ref ReadOnlyMemory<byte> messages, out byte type, out ReadOnlyMemory<byte> body)
    {
        (type, body) = (0, default);
        if (messages.IsEmpty)
        {
            return false;
        }

        type = messages.Span[0];
        var rest = messages[1..];
        if (!TryReadVector(ref rest, out body))
        {
            return false;
        }

        messages = rest;
        return true;
    }

    /// <summary>Content behind a length of three bytes.</summary>
    private static bool TryReadVector(ref ReadOnlyMemory<byte> input, out ReadOnlyMemory<byte> content)
    {
        content = default;
        if (input.Length < 3)
        {
            return false;
        }

        var length = (input.Span[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(input.Span[1..]);
        if (input.Length - 3 < length)
        {
            return false;
        }

        content = input.Slice(3, length);
        input = input[(3 + length)..];
        return true;
    }
}
