using System.Buffers;
using System.Security.Cryptography;

namespace BoundTokenEnforcement;

/// <summary>A SHA-256 hash as text, in one spelling for each format: SHA-1, a hash cut short and another alphabet are none.</summary>
internal static class FingerprintField
{
    private const int HexLength = 2 * SHA256.HashSizeInBytes;
    private const int ColonHexLength = (3 * SHA256.HashSizeInBytes) - 1;
    private const int Base64Length = 44;

    private static readonly CertificateThumbprint Nothing = CertificateThumbprint.FromHash(SHA256.HashData([]));

    internal static bool TryDecode(ForwardedCertificateFormat format, ReadOnlySpan<char> value, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        return format switch
        {
            ForwardedCertificateFormat.Sha256Hex => TryDecodeHex(value, out thumbprint),
            ForwardedCertificateFormat.Sha256ColonHex => TryDecodeColonHex(value, out thumbprint),
            ForwardedCertificateFormat.Sha256Base64 => TryDecodeBase64(value, out thumbprint),
            ForwardedCertificateFormat.Sha256Base64Url => CertificateThumbprint.TryParse(value, out thumbprint),
            ForwardedCertificateFormat.XfccHash => XfccField.TryDecodeHash(value, allowsSpiffeNames: false, out thumbprint),
            ForwardedCertificateFormat.IstioXfccHash => XfccField.TryDecodeHash(value, allowsSpiffeNames: true, out thumbprint),
            _ => false,
        };
    }

    internal static bool IsOfNothing(CertificateThumbprint thumbprint) => thumbprint == Nothing;

    /// <returns><see langword="false"/> also for digits in both cases: no program writes them.</returns>
    internal static bool TryDecodeHex(ReadOnlySpan<char> value, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> again = stackalloc char[HexLength];
        if (value.Length != HexLength
            || Convert.FromHexString(value, hash, out _, out _) != OperationStatus.Done
            || !((Convert.TryToHexString(hash, again, out _) && value.SequenceEqual(again)) || (Convert.TryToHexStringLower(hash, again, out _) && value.SequenceEqual(again))))
        {
            return false;
        }

        thumbprint = CertificateThumbprint.FromHash(hash);
        return true;
    }

    private static bool TryDecodeColonHex(ReadOnlySpan<char> value, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        if (value.Length != ColonHexLength)
        {
            return false;
        }

        Span<char> digits = stackalloc char[HexLength];
        for (var i = 0; i < value.Length; i++)
        {
            if (i % 3 == 2)
            {
                if (value[i] != ':')
                {
                    return false;
                }
            }
            else
            {
                digits[i - (i / 3)] = value[i];
            }
        }

        return TryDecodeHex(digits, out thumbprint);
    }

    private static bool TryDecodeBase64(ReadOnlySpan<char> value, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> again = stackalloc char[Base64Length];
        // The decoder lets blanks and spare bits through: what it made of the text is written out again.
        if (value.Length != Base64Length
            || !Convert.TryFromBase64Chars(value, hash, out var length)
            || length != hash.Length
            || !Convert.TryToBase64Chars(hash, again, out _)
            || !value.SequenceEqual(again))
        {
            return false;
        }

        thumbprint = CertificateThumbprint.FromHash(hash);
        return true;
    }
}
