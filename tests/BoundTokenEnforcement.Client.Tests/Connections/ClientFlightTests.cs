using System.Buffers.Binary;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Connections;

/// <summary>Flights that a server of ours does not write, or that no TLS stack writes: what is not proof must not pass for it.</summary>
public sealed class ClientFlightTests
{
    private const int Tag = 17;
    private const int Finished = 36;

    private static readonly X509Certificate2 Ours = TestCertificates.SelfSigned("ours");
    private static readonly X509Certificate2 Other = TestCertificates.SelfSigned("other");

    [Fact]
    public void Tls12_CertificateAndSignature_IsProof() =>
        Assert.True(Shows(SslProtocols.Tls12, Record(22, ClientHello()), Record(22, [.. Certificates(Ours, Other), .. KeyExchange(), .. Verify()]), Record(20, [1]), Record(22, new byte[40])));

    [Fact]
    public void Tls12_MessagesOverManyRecords_IsProof()
    {
        byte[] messages = [.. ClientHello(), .. Certificates(Ours), .. KeyExchange(), .. Verify()];
        Assert.True(Shows(SslProtocols.Tls12, [.. messages.Chunk(100).Select(static part => Record(22, part)), Record(20, [1])]));
    }

    public static TheoryData<string> NoProofInTls12 => ["empty list", "no signature", "other certificate", "second certificate", "behind ChangeCipherSpec", "cut off", "list too short", "rest"];

    [Theory]
    [MemberData(nameof(NoProofInTls12))]
    public void Tls12_AnythingElse_IsNoProof(string what) => Assert.False(Shows(SslProtocols.Tls12, what switch
    {
        "empty list" => [Record(22, [.. ClientHello(), .. Certificates(), .. KeyExchange(), .. Verify()]), Record(20, [1])],
        "no signature" => [Record(22, [.. ClientHello(), .. Certificates(Ours), .. KeyExchange()]), Record(20, [1])],
        "other certificate" => [Record(22, [.. ClientHello(), .. Certificates(Other), .. KeyExchange(), .. Verify()]), Record(20, [1])],
        "second certificate" => [Record(22, [.. ClientHello(), .. Certificates(Other, Ours), .. KeyExchange(), .. Verify()]), Record(20, [1])],
        "behind ChangeCipherSpec" => [Record(22, ClientHello()), Record(20, [1]), Record(22, [.. Certificates(Ours), .. KeyExchange(), .. Verify()])],
        "cut off" => [Record(22, [.. ClientHello(), .. Certificates(Ours), .. KeyExchange(), .. Verify()[..^1]]), Record(20, [1])],
        "list too short" => [Record(22, [.. ClientHello(), .. Message(11, [.. Vector([.. Vector(Ours.RawData)]), 0]), .. Verify()]), Record(20, [1])],
        "rest" => [Record(22, [.. ClientHello(), .. Certificates(Ours), .. Verify(), 0]), Record(20, [1])],
        _ => throw new ArgumentException(what),
    }));

    [Fact]
    public void Tls13_CertificateSignatureFinished_IsProof() => Assert.True(Shows(SslProtocols.Tls13, Full()));

    [Fact]
    public void Tls13_AllInOneRecord_IsProof() =>
        Assert.True(Shows(SslProtocols.Tls13, Record(22, ClientHello()), Encrypted(13 + Ours.RawData.Length + 8 + 64 + Finished)));

    [Fact]
    public void Tls13_OneByteLessThanTheShortestFlight_IsNoProof()
    {
        var shortest = 13 + Ours.RawData.Length + 8 + 32;
        Assert.True(Shows(SslProtocols.Tls13, Encrypted(shortest), Encrypted(Finished)));
        Assert.False(Shows(SslProtocols.Tls13, Encrypted(shortest - 1), Encrypted(Finished)));
    }

    // RFC 8446 §4.3.2: the context is the server's choice, and the client repeats it.
    [Fact]
    public void Tls13_EmptyListBehindTheLongestContext_IsNoProof() =>
        Assert.False(Shows(SslProtocols.Tls13, Record(22, ClientHello()), Encrypted(4 + 1 + 255 + 3), Encrypted(52)));

    // RFC 8446 §5.4
    [Theory]
    [InlineData(512)]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Tls13_PaddedRecords_AreNoProof(int block) =>
        Assert.False(Shows(SslProtocols.Tls13, Record(22, ClientHello()), Encrypted(block - 1), Encrypted(block - 1)));

    // Records padded to the length of Finished look unpadded. So short a padding must not lift an empty list over the limit.
    [Theory]
    [InlineData(37, 36)]
    [InlineData(53, 52)]
    public void Tls13_RecordsPaddedToTheLengthOfFinished_AreNoProof(int block, int finished)
    {
        var padded = ((264 + block - 1) / block * block) - 1;
        using var shortest = ShortestDistinguishable();

        Assert.False(ClientFlight.Shows(shortest, SslProtocols.Tls13, Join([Encrypted(padded), Encrypted(finished)])));
    }

    // Without any name, the shortest certificate with a P-256 key: too close to an empty list behind a long context.
    [Fact]
    public void Tls13_ShortCertificate_IsNotDistinguishable()
    {
        using var tiny = Named(string.Empty);

        Assert.False(ClientFlight.IsDistinguishable(tiny));
        Assert.False(ClientFlight.Shows(tiny, SslProtocols.Tls13, Join([Encrypted(13 + tiny.RawData.Length), Encrypted(8 + 70), Encrypted(Finished)])));
        Assert.True(ClientFlight.IsDistinguishable(Ours));
    }

    [Fact]
    public void Tls13_CutOff_IsNoProof() => Assert.False(ClientFlight.Shows(Ours, SslProtocols.Tls13, Join(Full()).AsMemory()[..^1]));

    [Fact]
    public void NothingWritten_IsNoProof()
    {
        Assert.False(Shows(SslProtocols.Tls12));
        Assert.False(Shows(SslProtocols.Tls13));
    }

    [Fact]
    public void OtherVersion_IsNoProof() => Assert.False(Shows(SslProtocols.None, Full()));

    private static X509Certificate2 ShortestDistinguishable()
    {
        // With an RSA key the signature alone is longer than any padding: EC is the hard case.
        for (var name = string.Empty; ; name = name.Length == 0 ? "CN=a" : name + "a")
        {
            var certificate = Named(name);
            if (ClientFlight.IsDistinguishable(certificate))
            {
                return certificate;
            }

            certificate.Dispose();
        }
    }

    private static X509Certificate2 Named(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
    }

    private static bool Shows(SslProtocols protocol, params byte[][] records) => ClientFlight.Shows(Ours, protocol, Join(records));

    private static byte[][] Full() => [Record(22, ClientHello()), Record(20, [1]), Encrypted(13 + Ours.RawData.Length), Encrypted(8 + 70), Encrypted(Finished)];

    private static byte[] Join(IEnumerable<byte[]> records) => [.. records.SelectMany(static record => record)];

    private static byte[] ClientHello() => Message(1, new byte[300]);

    private static byte[] KeyExchange() => Message(16, new byte[66]);

    private static byte[] Verify() => Message(15, new byte[76]);

    private static byte[] Certificates(params X509Certificate2[] list) => Message(11, Vector([.. list.SelectMany(static one => Vector(one.RawData))]));

    private static byte[] Message(byte type, byte[] body) => [type, .. Vector(body)];

    private static byte[] Vector(byte[] content) => [(byte)(content.Length >> 16), (byte)(content.Length >> 8), (byte)content.Length, .. content];

    private static byte[] Encrypted(int plain) => Record(23, new byte[plain + Tag]);

    private static byte[] Record(byte type, byte[] content)
    {
        var record = new byte[5 + content.Length];
        (record[0], record[1], record[2]) = (type, 3, 3);
        BinaryPrimitives.WriteUInt16BigEndian(record.AsSpan(3), (ushort)content.Length);
        content.CopyTo(record, 5);
        return record;
    }
}
