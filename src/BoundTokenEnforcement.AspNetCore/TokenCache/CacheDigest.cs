using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>
/// SHA-256 of everything on which a remembered answer depends. For a signature: the key, the algorithm, the signed characters and the signature. For an
/// identity: the token, and the generation of options and keys it was validated against.
/// </summary>
internal readonly record struct CacheDigest
{
    private const int LengthBytes = sizeof(int);

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private CacheDigest(ReadOnlySpan<byte> hash)
    {
        _first = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        _second = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]);
    }

    /// <summary>The digest of a token, for one generation of what it was validated against.</summary>
    /// <param name="generation">A number that no other generation has.</param>
    /// <param name="token">The compact token.</param>
    internal static CacheDigest OfToken(long generation, ReadOnlySpan<char> token) => Of(generation, string.Empty, MemoryMarshal.AsBytes(token), []);

    /// <summary>The digest of a signature.</summary>
    /// <param name="key">A number that no other key has.</param>
    /// <param name="algorithm">The name of the algorithm.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    internal static CacheDigest Of(long key, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        var length = sizeof(long) + LengthBytes + Encoding.UTF8.GetByteCount(algorithm) + LengthBytes + signed.Length + signature.Length;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            // Each part has its length before it, or is the last: no two inputs give the same bytes.
            BinaryPrimitives.WriteInt64LittleEndian(buffer, key);
            var rest = buffer.AsSpan(sizeof(long));
            var name = Encoding.UTF8.GetBytes(algorithm, rest[LengthBytes..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, name);
            rest = rest[(LengthBytes + name)..];
            BinaryPrimitives.WriteInt32LittleEndian(rest, signed.Length);
            signed.CopyTo(rest[LengthBytes..]);
            signature.CopyTo(rest[(LengthBytes + signed.Length)..]);

            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(buffer.AsSpan(0, length), hash);
            return new CacheDigest(hash);
        }
        finally
        {
            // It held a token that somebody could use.
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
