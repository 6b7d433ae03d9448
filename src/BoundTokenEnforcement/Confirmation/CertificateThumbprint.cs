using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// The SHA-256 hash of a certificate's DER encoding: the value of the confirmation method <c>x5t#S256</c>
/// (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-3.1">RFC 8705 §3.1</see>).
/// </summary>
/// <remarks>
/// Not to be confused with the <c>Thumbprint</c> property of .NET certificates, which is SHA-1. Equality takes the same time wherever
/// two thumbprints differ. A <see langword="default"/> thumbprint equals nothing, itself included.
/// </remarks>
public readonly struct CertificateThumbprint : IEquatable<CertificateThumbprint>
{
    /// <summary>The length of the text form: 43 characters of base64url without padding.</summary>
    public const int EncodedLength = 43;

    private readonly UInt128 _high;
    private readonly UInt128 _low;
    private readonly bool _isComputed;

    private CertificateThumbprint(ReadOnlySpan<byte> hash)
    {
        _high = MemoryMarshal.Read<UInt128>(hash);
        _low = MemoryMarshal.Read<UInt128>(hash[16..]);
        _isComputed = true;
    }

    /// <summary>Computes the thumbprint of <paramref name="certificate"/>.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is <see langword="null"/>.</exception>
    /// <exception cref="CryptographicException">The certificate object holds no certificate, for example because it was disposed.</exception>
    public static CertificateThumbprint Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(certificate.RawDataMemory.Span, hash);
        return new CertificateThumbprint(hash);
    }

    /// <summary>Takes a hash that somebody else computed.</summary>
    /// <param name="hash">32 bytes of SHA-256.</param>
    internal static CertificateThumbprint FromHash(ReadOnlySpan<byte> hash) => new(hash);

    /// <summary>Reads the text form. Only the one canonical spelling of each thumbprint is understood.</summary>
    /// <param name="text">Exactly 43 characters of base64url, without padding, blanks or spare bits.</param>
    /// <param name="thumbprint">The thumbprint, or <see langword="default"/>, which equals nothing.</param>
    /// <returns><see langword="false"/> for every other text. Never throws.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out CertificateThumbprint thumbprint)
    {
        thumbprint = default;

        // RFC 8705 §3.1. The decoder is no guard: it lets padding, blanks and line feeds through. Whatever it made of the text is
        // written out again, and only that very text is understood. So there is one spelling of each hash, of 43 characters.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = Base64Url.DecodeFromChars(text, hash, out _, out _);
        Span<char> canonical = stackalloc char[EncodedLength];
        Base64Url.EncodeToChars(hash, canonical);
        if (!text.SequenceEqual(canonical))
        {
            return false;
        }

        thumbprint = new CertificateThumbprint(hash);
        return true;
    }

    /// <summary>Whether both were computed or read, and are the same. Takes the same time wherever they differ.</summary>
    public bool Equals(CertificateThumbprint other)
    {
        Span<UInt128> ours = [_high, _low];
        Span<UInt128> theirs = [other._high, other._low];
        return _isComputed & other._isComputed
            & CryptographicOperations.FixedTimeEquals(MemoryMarshal.AsBytes(ours), MemoryMarshal.AsBytes(theirs));
    }

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is CertificateThumbprint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low);

    /// <summary>The 43 characters of base64url that stand in <c>x5t#S256</c>; empty for a <see langword="default"/> thumbprint.</summary>
    public override string ToString()
    {
        Span<UInt128> hash = [_high, _low];
        return _isComputed ? Base64Url.EncodeToString(MemoryMarshal.AsBytes(hash)) : string.Empty;
    }

    /// <summary>Whether both were computed or read, and are the same.</summary>
    public static bool operator ==(CertificateThumbprint left, CertificateThumbprint right) => left.Equals(right);

    /// <summary>Whether they differ, or one of them is <see langword="default"/>.</summary>
    public static bool operator !=(CertificateThumbprint left, CertificateThumbprint right) => !left.Equals(right);
}
