using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace BoundTokenEnforcement;

/// <summary>
/// SHA-256 of everything on which the answer of a verification depends: the key, the algorithm, the signed characters and the signature. It is all that
/// is remembered; neither the token nor anything in it can be had back from it.
/// </summary>
internal readonly record struct SignatureDigest
{
    private const int LengthBytes = sizeof(int);

    private readonly ulong _first;
    private readonly ulong _second;
    private readonly ulong _third;
    private readonly ulong _fourth;

    private SignatureDigest(ReadOnlySpan<byte> hash)
    {
        _first = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        _second = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        _third = BinaryPrimitives.ReadUInt64LittleEndian(hash[16..]);
        _fourth = BinaryPrimitives.ReadUInt64LittleEndian(hash[24..]);
    }

    /// <param name="key">A number that no other key has.</param>
    /// <param name="algorithm">The name of the algorithm.</param>
    /// <param name="signed">What was signed.</param>
    /// <param name="signature">The signature.</param>
    internal static SignatureDigest Of(long key, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
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
            return new SignatureDigest(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
