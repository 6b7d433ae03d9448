using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

/// <summary>What a proxy says that forwards only SHA-256: one length and one alphabet for each format.</summary>
public sealed class FingerprintFieldTests
{
    private static readonly byte[] Der = Convert.FromBase64String(PublishedCertificates.B.Der);
    private static readonly byte[] OtherDer = Convert.FromBase64String(PublishedCertificates.A.Der);
    private static readonly string Hash = ProxyForms.Hash(Der);
    private static readonly string Other = ProxyForms.Hash(OtherDer);

    public static TheoryData<ForwardedCertificateFormat> Fingerprints =>
        [ForwardedCertificateFormat.Sha256Hex, ForwardedCertificateFormat.Sha256ColonHex, ForwardedCertificateFormat.Sha256Base64, ForwardedCertificateFormat.Sha256Base64Url];

    public static TheoryData<ForwardedCertificateFormat, string> Forgeries => new(
        from format in Fingerprints.Select(row => row.Data)
        let own = ProxyForms.Write(format, Der)
        let other = ProxyForms.Write(format, OtherDer)
        from forged in Forged(own, other)
        select (format, forged));

    public static TheoryData<string, string> AcceptedXfcc => new()
    {
        { "Hash alone", Hash },
        { "Hash quoted", $"Hash=\"{Hash[5..]}\"" },
        { "Hash in capitals", $"Hash={Hash[5..].ToUpperInvariant()}" },
        { "Cert with that hash", ProxyForms.Element(Der) },
        { "Istio by default", $"By=spiffe://cluster.local/ns/orders/sa/api;{Hash};Subject=\"\";URI=spiffe://cluster.local/ns/shop/sa/web" },
        { "another element before", $"{Other},{Hash}" },
        { "another element with By before", $"By=spiffe://mesh/edge;{Other}, By=spiffe://mesh/api;{Hash}" },
        { "quoted Subject before", $"{Other};Subject=\"CN=a,{Other}\",{Hash}" },
    };

    public static TheoryData<string, string> RefusedXfcc => new()
    {
        { "Hash out of a quoted URI name", $"{Other};URI=\"x\",{Hash}" },
        { "Hash out of a quoted DNS name", $"{Other};DNS=\"x\",{Hash}" },
        { "element of the proxy swallowed by By", $"By=\"a,{Other};URI=\";{Hash}" },
        { "element of the proxy swallowed by Subject", $"Subject=\"a,{Other};URI=\";{Hash}" },
        { "Cert alone", ProxyForms.Cert(Der) },
        { "Cert with another hash", $"{Hash};{ProxyForms.Cert(OtherDer)}" },
        { "Cert that is none", $"{Hash};Cert=\"a\"" },
        { "Cert of something with that hash", $"{ProxyForms.Hash([1])};Cert=\"{Uri.EscapeDataString(ProxyForms.Pem([1]))}\"" },
        { "empty Cert", $"{Hash};Cert=\"\"" },
        { "Hash twice", $"{Hash};{Hash}" },
        { "Hash twice in other letters", $"{Other};{Hash.Replace("Hash", "hASH", StringComparison.Ordinal)}" },
        { "empty Hash", "Hash=" },
        { "empty Hash, then one", $"Hash=;{Hash}" },
        { "last element without Hash", $"{Hash},By=a" },
        { "last element with an empty Hash", $"{Hash},Hash=\"\"" },
        { "Hash in both cases", Hash[..^4] + "aAbB" },
        { "Hash cut", Hash[..^1] },
        { "Hash longer", Hash + "0" },
        { "SHA-1", "Hash=" + Convert.ToHexStringLower(new byte[20]) },
        { "colons", "Hash=" + ProxyForms.Write(ForwardedCertificateFormat.Sha256ColonHex, Der) },
        { "base64", "Hash=\"" + ProxyForms.Write(ForwardedCertificateFormat.Sha256Base64, Der) + "\"" },
        { "blank in Hash", $"Hash=\"{Hash[5..]} \"" },
        { "bare text", Hash[5..] },
        { "separator at the end", Hash + ";" },
        { "comma at the end", Hash + "," },
        { "comma at the beginning", "," + Hash },
        { "first element unreadable", "x," + Hash },
        { "quotes opened by the client", $"By=\"a,{Hash}" },
        { "element out of a URI name", $"By=a;{Other};URI=b,By=a;{Hash}" },
        { "element out of a DNS name", $"By=a;{Other};DNS=b,By=a;{Hash}" },
        { "element out of the second of two names", $"By=a;{Other};URI=;DNS=b,{Hash}" },
        { "Hash out of a URI name", $"By=a;{Other};URI=b;{Hash}" },
    };

    [Theory]
    [MemberData(nameof(Fingerprints))]
    public void Read_Fingerprint_IsTheThumbprint(ForwardedCertificateFormat format)
    {
        ProxyForms.AssertRead(format, ProxyForms.Write(format, Der), Der);
        ProxyForms.AssertRead(format, ProxyForms.Write(format, OtherDer), OtherDer);
    }

    [Theory]
    [InlineData(ForwardedCertificateFormat.Sha256Hex)]
    [InlineData(ForwardedCertificateFormat.Sha256ColonHex)]
    public void Read_Hex_InEitherCaseAndNotInBoth(ForwardedCertificateFormat format)
    {
        var value = ProxyForms.Write(format, Der);
        ProxyForms.AssertRead(format, value.ToUpperInvariant(), Der);
        ProxyForms.AssertRead(format, value.ToLowerInvariant(), Der);

        var letter = value.ToLowerInvariant().IndexOfAny(['a', 'b', 'c', 'd', 'e', 'f']);
        var both = value.ToLowerInvariant();
        ProxyForms.AssertMalformed(format, string.Concat(both[..letter], char.ToUpperInvariant(both[letter]).ToString(), both[(letter + 1)..]));
    }

    [Theory]
    [MemberData(nameof(Forgeries))]
    public void Read_Forgery_Malformed(ForwardedCertificateFormat format, string forged) => ProxyForms.AssertMalformed(format, forged);

    // One hash differs from another in any one character.
    [Theory]
    [MemberData(nameof(Fingerprints))]
    public void Read_OneCharacterChanged_NotTheSame(ForwardedCertificateFormat format)
    {
        var value = ProxyForms.Write(format, Der);
        for (var i = 0; i < value.Length; i++)
        {
            var almost = value[..i] + (char)(value[i] ^ 1) + value[(i + 1)..];
            _ = ForwardedCertificate.ReadThumbprint(format, almost, out var thumbprint);
            Assert.NotEqual(Base64Url.EncodeToString(SHA256.HashData(Der)), thumbprint.ToString());
        }
    }

    // Whoever hashes the certificate of a client without one gets the hash of nothing, and a token could be bound to it.
    [Fact]
    public void Read_HashOfNothing_None() => Assert.All(
        Fingerprints.Select(row => row.Data).Append(ForwardedCertificateFormat.XfccHash).Append(ForwardedCertificateFormat.IstioXfccHash),
        format =>
        {
            Assert.Equal(ForwardedCertificateReading.None, ForwardedCertificate.ReadThumbprint(format, ProxyForms.Write(format, []), out var thumbprint));
            Assert.Empty(thumbprint.ToString());
        });

    [Theory]
    [MemberData(nameof(AcceptedXfcc))]
    public void Read_XfccHash_Read(string what, string value)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertRead(ForwardedCertificateFormat.XfccHash, value, Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.IstioXfccHash, value, Der);
    }

    [Theory]
    [MemberData(nameof(RefusedXfcc))]
    public void Read_XfccHash_AnythingElse_Malformed(string what, string value)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.XfccHash, value);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.IstioXfccHash, value);
    }

    // Two hops of a mesh: unquoted SPIFFE IDs before the last element, where somebody said that the names can be relied on.
    [Theory]
    [InlineData("URI=spiffe://cluster.local/ns/a/sa/b", true)]
    [InlineData("URI=spiffe://evil", true)]
    [InlineData("URI=spiffe://", false)]
    [InlineData("URI=https://a.example", false)]
    [InlineData("URI=SPIFFE://a", false)]
    [InlineData("URI=spiffe://a b", false)]
    [InlineData("URI=spiffe://a%2C", false)]
    [InlineData("URI=spiffe://a:1", false)]
    [InlineData("URI=", false)]
    [InlineData("DNS=spiffe://a", false)]
    [InlineData("DNS=a.example", false)]
    [InlineData("URI=spiffe://a;DNS=a.example", false)]
    public void Read_NameBeforeTheLastElement_OnlySpiffeAndOnlyInIstio(string name, bool expected)
    {
        var value = $"By=spiffe://mesh/edge;{Other};{name},By=spiffe://mesh/api;{Hash};Subject=\"\";URI=spiffe://mesh/web";

        ProxyForms.AssertMalformed(ForwardedCertificateFormat.XfccHash, value);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.Xfcc, $"By=a;{Other};{name},{ProxyForms.Element(Der)}");
        if (expected)
        {
            ProxyForms.AssertRead(ForwardedCertificateFormat.IstioXfccHash, value, Der);
        }
        else
        {
            ProxyForms.AssertMalformed(ForwardedCertificateFormat.IstioXfccHash, value);
        }
    }

    private static IEnumerable<string> Forged(string own, string other) =>
    [
        own + other, $"{own},{other}", $"{own}, {own}", $"{own};{own}", $"{own} {own}",
        " " + own, own + " ", own + "\n", own + "\0", "\uFEFF" + own, own[1..], own[..^1], own + own[0], own + "=", $"\"{own}\"", $":{own}:", $"sha256={own}", $"0x{own}",
        own.Insert(10, " "), own.Insert(11, "\n"), own.Insert(10, "%"), own.Remove(10, 1).Insert(10, "!"),
        string.Concat(own.AsSpan(0, 10), "\uFF11", own.AsSpan(11)),
        // SHA-1, SHA-384 and MD5, the text of the hash encoded once more, and what is no hash but a certificate.
        Convert.ToHexStringLower(new byte[20]), Convert.ToHexStringLower(new byte[48]), Convert.ToHexStringLower(new byte[16]), Convert.ToBase64String(new byte[20]),
        Base64Url.EncodeToString(new byte[20]), Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(own)), Uri.EscapeDataString(own + ":"), new string('a', 65_000),
        .. Enum.GetValues<ForwardedCertificateFormat>().Where(ProxyForms.HoldsCertificate).Select(format => ProxyForms.Write(format, Der)),
        Convert.ToBase64String(Pfx()), Convert.ToBase64String(Pkcs7()),
    ];

    private static byte[] Pfx()
    {
        using var certificate = TestCertificates.SelfSigned("a");
        return certificate.Export(X509ContentType.Pkcs12);
    }

    private static byte[] Pkcs7()
    {
        using var certificate = TestCertificates.SelfSigned("a");
        return new X509Certificate2Collection(certificate).Export(X509ContentType.Pkcs7)!;
    }
}
