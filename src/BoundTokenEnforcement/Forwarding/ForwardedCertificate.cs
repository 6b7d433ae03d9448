using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>Reads the certificate that a proxy forwarded, or its hash. Strict: in exactly the one format that was chosen, and exactly one certificate where that has room for no more.</summary>
/// <remarks>
/// Not checked, and decisive: that the field comes from a proxy that may be believed, and that this proxy removes what clients send
/// (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-4">RFC 9440 §4</see>).
/// </remarks>
public static class ForwardedCertificate
{
    /// <summary>The longest field value that is looked at, in characters. A longer one is malformed. Kestrel's own limit for all fields of a request is 32,768 by default.</summary>
    /// <value>65,536.</value>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads the client's own certificate out of one field value, in a format that holds it. In those that hold only its hash, every value is malformed. Never throws.</summary>
    /// <param name="format">The one format that is understood.</param>
    /// <param name="fieldValue">The value of the field; <see langword="null"/> if the request has none.</param>
    /// <param name="certificate">The certificate, whose <see cref="X509Certificate.GetRawCertData"/> is exactly what was forwarded. The caller disposes it.</param>
    public static ForwardedCertificateReading Read(
        ForwardedCertificateFormat format, string? fieldValue, out X509Certificate2? certificate)
    {
        certificate = null;
        if (ReadingWithoutDecoding(format, fieldValue) is { } found)
        {
            return found;
        }

        var reading = Read(format, fieldValue, out certificate, out var others);
        ForwardedCertificateList.DisposeAll(others);
        return reading;
    }

    /// <summary>The same with the other certificates that stand in the value, in a format that has room for them.</summary>
    /// <param name="format">The one format that is understood.</param>
    /// <param name="fieldValue">The value of the field; <see langword="null"/> if the request has none.</param>
    /// <param name="certificate">The client's own: the first, and only the first. The caller disposes it.</param>
    /// <param name="others">
    /// What the client sent besides, in its order, at most <see cref="ForwardedCertificateChain.MaxCertificates"/>. No key of theirs was proven: they only help to
    /// build the chain. The caller disposes them. Those in <c>Client-Cert-Chain</c> are not among them.
    /// </param>
    public static ForwardedCertificateReading Read(
        ForwardedCertificateFormat format, string? fieldValue, out X509Certificate2? certificate, out X509Certificate2Collection others)
    {
        certificate = null;
        others = [];
        if (ReadingWithoutDecoding(format, fieldValue) is { } found)
        {
            return found;
        }

        if (!ForwardedCertificateList.TryLoad(format, fieldValue, others))
        {
            return ForwardedCertificateReading.Malformed;
        }

        certificate = others[0];
        others.RemoveAt(0);
        return ForwardedCertificateReading.Certificate;
    }

    /// <summary>Reads the thumbprint out of one field value, in any format. Never throws.</summary>
    /// <param name="format">The one format that is understood.</param>
    /// <param name="fieldValue">The value of the field; <see langword="null"/> if the request has none.</param>
    /// <param name="thumbprint">The thumbprint of the certificate; <see langword="default"/> unless one was read.</param>
    /// <remarks>Where the field holds only the hash, it is the proxy's word that it is the hash of what the client proved: as much as its word about a certificate.</remarks>
    public static ForwardedCertificateReading ReadThumbprint(ForwardedCertificateFormat format, string? fieldValue, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        if (ReadingWithoutDecoding(format, fieldValue) is { } found)
        {
            return found;
        }

        if (FingerprintField.TryDecode(format, fieldValue, out thumbprint))
        {
            if (!FingerprintField.IsOfNothing(thumbprint))
            {
                return ForwardedCertificateReading.Certificate;
            }

            // What a proxy computes that hashes the certificate of a client without one.
            thumbprint = default;
            return ForwardedCertificateReading.None;
        }

        var reading = Read(format, fieldValue, out var certificate);
        using (certificate)
        {
            thumbprint = certificate is null ? default : CertificateThumbprint.Of(certificate);
        }

        return reading;
    }

    private static ForwardedCertificateReading? ReadingWithoutDecoding(ForwardedCertificateFormat format, ReadOnlySpan<char> value) =>
        value.Length > MaxLength ? ForwardedCertificateReading.Malformed
        : IsAbsent(value, format) ? ForwardedCertificateReading.None
        : null;

    // What proxies write for a client without certificate: nothing, the name of nothing (Apache), or an empty byte sequence (HAProxy).
    private static bool IsAbsent(ReadOnlySpan<char> value, ForwardedCertificateFormat format) =>
        value.IsEmpty || value is "(null)" || (format is ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain && value is "::");
}
