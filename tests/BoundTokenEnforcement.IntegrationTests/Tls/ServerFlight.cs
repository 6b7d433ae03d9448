using System.Buffers.Binary;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Reads as much of a server's first flight as is in the clear.</summary>
internal static class ServerFlight
{
    private const byte ChangeCipherSpecRecord = 20;
    private const byte HandshakeRecord = 22;
    private const byte ServerHello = 2;
    private const byte Certificate = 11;
    private const int PreSharedKey = 41;
    private const int SupportedVersions = 43;

    // RFC 8446 §4.1.3: a ServerHello with this random is a HelloRetryRequest.
    private static readonly byte[] RetryRandom = Convert.FromHexString("CF21AD74E59A6111BE1D8C021E65B891C2A211167ABB8C5E079E09E2C8A8339C");

    /// <returns>
    /// Whether a session is resumed: in TLS 1.3 the server then selects a pre-shared key (RFC 8446 §2.2), in TLS 1.2 it sends no certificate
    /// before it changes the cipher (RFC 5246 §7.3). <see langword="null"/> if that cannot be told yet.
    /// </returns>
    internal static bool? IsResumed(ReadOnlySpan<byte> bytes)
    {
        var handshake = Handshake(bytes, out var cipherChanged);
        while (handshake.Length >= 4)
        {
            var length = handshake[1] << 16 | BinaryPrimitives.ReadUInt16BigEndian(handshake[2..]);
            if (handshake.Length < 4 + length)
            {
                return null;
            }

            var message = handshake.Slice(4, length);
            switch (handshake[0])
            {
                case ServerHello when Extensions(message) is var extensions && extensions.Contains(SupportedVersions):
                    return message.Slice(2, 32).SequenceEqual(RetryRandom) ? null : extensions.Contains(PreSharedKey);
                case Certificate:
                    return false;
            }

            handshake = handshake[(4 + length)..];
        }

        return cipherChanged && bytes[0] == HandshakeRecord ? true : null;
    }

    /// <summary>The handshake messages up to the change of the cipher, without the records around them.</summary>
    private static ReadOnlySpan<byte> Handshake(ReadOnlySpan<byte> bytes, out bool cipherChanged)
    {
        var messages = new List<byte>();
        cipherChanged = false;
        while (bytes.Length >= 5)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            if (bytes[0] == ChangeCipherSpecRecord)
            {
                cipherChanged = true;
                break;
            }

            if (bytes[0] != HandshakeRecord || bytes.Length < 5 + length)
            {
                break;
            }

            messages.AddRange(bytes.Slice(5, length));
            bytes = bytes[(5 + length)..];
        }

        return messages.ToArray();
    }

    private static List<int> Extensions(ReadOnlySpan<byte> hello)
    {
        // legacy_version, random, legacy_session_id_echo, cipher_suite, legacy_compression_method
        var rest = hello[(2 + 32)..];
        rest = rest[(1 + rest[0] + 2 + 1)..];
        var found = new List<int>();
        if (rest.Length < 2)
        {
            return found;
        }

        rest = rest[2..];
        while (rest.Length >= 4)
        {
            found.Add(BinaryPrimitives.ReadUInt16BigEndian(rest));
            rest = rest[(4 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]))..];
        }

        return found;
    }
}
