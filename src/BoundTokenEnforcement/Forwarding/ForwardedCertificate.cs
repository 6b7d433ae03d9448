using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>Reads the certificate that a proxy forwarded. Strict: exactly one certificate, in exactly the one format that was chosen.</summary>
/// <remarks>
/// Not checked, and decisive: that the field comes from a proxy that may be believed, and that this proxy removes what clients send
/// (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-4">RFC 9440 §4</see>).
/// </remarks>
public static class ForwardedCertificate
{
    /// <summary>The longest field value that is looked at, in characters. A longer one is malformed. Kestrel's own limit for all fields of a request is 32,768 by default.</summary>
    /// <value>65,536.</value>
    public const int MaxLength = 64 * 1024;

    /// <summary>Reads one field value in a format that holds the certificate. In the others, which hold only its hash, every value is malformed. Never throws.</summary>
    /// <param name="format">The one format that is understood.</param>
    /// <param name="fieldValue">The value of the field; <see langword="null"/> if the request has none.</param>
    /// <param name="certificate">The certificate, whose <see cref="X509Certificate.GetRawCertData"/> is exactly what was forwarded. The caller disposes it.</param>
    public static ForwardedCertificateReading Read(
        ForwardedCertificateFormat format, string? fieldValue, out X509Certificate2? certificate)
    {
        certificate = null;
        var value = fieldValue.AsSpan();
        if (value.Length > MaxLength)
        {
            return ForwardedCertificateReading.Malformed;
        }

        if (IsAbsent(value, format))
        {
            return ForwardedCertificateReading.None;
        }

        return TryDecode(format, value, out var der) && DerCertificate.TryLoad(der, out certificate)
            ? ForwardedCertificateReading.Certificate
            : ForwardedCertificateReading.Malformed;
    }

    /// <summary>Reads the thumbprint out of one field value, in any format. Never throws.</summary>
    /// <param name="format">The one format that is understood.</param>
    /// <param name="fieldValue">The value of the field; <see langword="null"/> if the request has none.</param>
    /// <param name="thumbprint">The thumbprint of the certificate; <see langword="default"/> unless one was read.</param>
    /// <remarks>Where the field holds only the hash, it is the proxy's word that it is the hash of what the client proved: as much as its word about a certificate.</remarks>
    public static ForwardedCertificateReading ReadThumbprint(ForwardedCertificateFormat format, string? fieldValue, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        var value = fieldValue.AsSpan();
        if (value.Length <= MaxLength && !IsAbsent(value, format) && FingerprintField.TryDecode(format, value, out thumbprint))
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

    // What proxies write for a client without certificate: nothing, the name of nothing (Apache), or an empty byte sequence (HAProxy).
    private static bool IsAbsent(ReadOnlySpan<char> value, ForwardedCertificateFormat format) =>
        value.IsEmpty || value is "(null)" || (format == ForwardedCertificateFormat.ClientCert && value is "::");

    private static bool TryDecode(ForwardedCertificateFormat format, ReadOnlySpan<char> value, [NotNullWhen(true)] out byte[]? der)
    {
        der = null;
        return format switch
        {
            ForwardedCertificateFormat.ClientCert => ClientCertField.TryDecode(value, out der),
            ForwardedCertificateFormat.EscapedPem => EscapedPemField.TryDecode(value, out der),
            ForwardedCertificateFormat.Base64Der => StrictBase64.TryDecode(value, out der),
            ForwardedCertificateFormat.SpacedPem => PemCertificate.TryDecode(value, " ", out der),
            ForwardedCertificateFormat.Xfcc => XfccField.TryDecode(value, out der),
            _ => false,
        };
    }
}
