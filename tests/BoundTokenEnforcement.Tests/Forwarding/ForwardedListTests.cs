using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Tests;

/// <summary>What the client sent besides its own certificate: only in the formats that were chosen for it, and never taken for its own.</summary>
public sealed class ForwardedListTests
{
    private static readonly byte[] Leaf = Convert.FromBase64String(PublishedCertificates.B.Der);
    private static readonly byte[] Other = Convert.FromBase64String(PublishedCertificates.A.Der);
    private static readonly byte[] Root = Convert.FromBase64String(PublishedCertificates.Named("rfc9440-root").Der);
    private static readonly string Pem = ProxyForms.Pem(Leaf);
    private static readonly string OtherPem = ProxyForms.Pem(Other);

    public static TheoryData<ForwardedCertificateFormat> Formats => [.. Enum.GetValues<ForwardedCertificateFormat>().Where(ProxyForms.HoldsChain)];

    public static TheoryData<string, string> RefusedPem => new()
    {
        { "no line end between", Pem.TrimEnd('\n') + OtherPem },
        { "two line ends between", Pem + "\n" + OtherPem },
        { "comma between", Pem.TrimEnd('\n') + "," + OtherPem },
        { "text between", Pem + "x\n" + OtherPem },
        { "text before", "x\n" + Pem + OtherPem },
        { "line end before", "\n" + Pem + OtherPem },
        { "text behind", Pem + OtherPem + "x" },
        { "two line ends behind", Pem + OtherPem + "\n" },
        { "second one cut", Pem + OtherPem[..^20] },
        { "second one only begun", Pem + OtherPem[..28] },
        { "second one without beginning", Pem + OtherPem[28..] },
        { "second one a key", Pem + OtherPem.Replace("CERTIFICATE", "PRIVATE KEY", StringComparison.Ordinal) },
        { "second one PKCS #7", Pem + OtherPem.Replace("CERTIFICATE", "PKCS7", StringComparison.Ordinal) },
        { "second one no certificate", Pem + ProxyForms.Pem([0x30, 0]) },
        { "first one no certificate", ProxyForms.Pem([0x30, 0]) + OtherPem },
        { "line ends of two kinds", Pem + OtherPem.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "byte behind the second one", Pem + ProxyForms.Pem([.. Other, 0]) },
        { "NUL between", Pem + "\0" + OtherPem },
    };

    public static TheoryData<string, string> RefusedBase64 => new()
    {
        { "blank behind the comma", $"{Convert.ToBase64String(Leaf)}, {Convert.ToBase64String(Other)}" },
        { "blank before the comma", $"{Convert.ToBase64String(Leaf)} ,{Convert.ToBase64String(Other)}" },
        { "semicolon", $"{Convert.ToBase64String(Leaf)};{Convert.ToBase64String(Other)}" },
        { "nothing between", Convert.ToBase64String(Leaf) + Convert.ToBase64String(Other) },
        { "comma at the end", Convert.ToBase64String(Leaf) + "," },
        { "comma at the beginning", "," + Convert.ToBase64String(Leaf) },
        { "two commas", $"{Convert.ToBase64String(Leaf)},,{Convert.ToBase64String(Other)}" },
        { "comma alone", "," },
        { "escaped comma", $"{Convert.ToBase64String(Leaf)}%2C{Convert.ToBase64String(Other)}" },
        { "second one in another alphabet", $"{Convert.ToBase64String(Leaf)},{Convert.ToBase64String(Root).Replace('+', '-').Replace('/', '_').TrimEnd('=')}!" },
        { "second one no certificate", $"{Convert.ToBase64String(Leaf)},MAA=" },
        { "first one no certificate", $"MAA=,{Convert.ToBase64String(Leaf)}" },
        { "second one with a byte more", $"{Convert.ToBase64String(Leaf)},{Convert.ToBase64String([.. Other, 0])}" },
        { "both in one", Convert.ToBase64String([.. Leaf, .. Other]) },
    };

    public static TheoryData<string, string> RefusedXfcc => new()
    {
        { "Cert of another", $"{ProxyForms.Cert(Leaf)};{ProxyForms.Chain(Other, Leaf)}" },
        { "Hash of another", $"{ProxyForms.Hash(Other)};{ProxyForms.Chain(Leaf, Other)}" },
        { "Hash of the second one", $"{ProxyForms.Hash(Other)};{ProxyForms.Cert(Leaf)};{ProxyForms.Chain(Leaf, Other)}" },
        { "Chain twice", $"{ProxyForms.Chain(Leaf)};{ProxyForms.Chain(Leaf)}" },
        { "Chain twice in other letters", $"{ProxyForms.Chain(Leaf)};{ProxyForms.Chain(Other).Replace("Chain", "chain", StringComparison.Ordinal)}" },
        { "empty Chain", $"{ProxyForms.Cert(Leaf)};Chain=\"\"" },
        { "Chain that is none", $"{ProxyForms.Cert(Leaf)};Chain=\"a\"" },
        { "Hash alone", ProxyForms.Hash(Leaf) },
        { "Cert and Chain in two elements", $"{ProxyForms.Cert(Leaf)},{ProxyForms.Hash(Leaf)}" },
        { "Chain out of a URI name", $"{ProxyForms.Hash(Other)};URI=a;{ProxyForms.Chain(Leaf)}" },
        { "element out of a URI name", $"{ProxyForms.Element(Other)};URI=a,{ProxyForms.Chain(Leaf)}" },
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_Chain_FirstIsTheClientsAndTheOthersFollow(ForwardedCertificateFormat format)
    {
        foreach (var others in new byte[][][] { [], [Other], [Other, Root], [Leaf], [.. Enumerable.Repeat(Root, ForwardedCertificateChain.MaxCertificates)] })
        {
            var value = ProxyForms.WriteChain(format, [Leaf, .. others]);

            ProxyForms.AssertRead(format, value, Leaf);
            Assert.Equal(ForwardedCertificateReading.Certificate, ForwardedCertificate.Read(format, value, out var certificate, out var read));
            Assert.Equal([Leaf, .. others], read.Select(ProxyForms.Der).Prepend(ProxyForms.Der(certificate!)));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_MoreThanMaxCertificates_Malformed(ForwardedCertificateFormat format) =>
        ProxyForms.AssertMalformed(format, ProxyForms.WriteChain(format, [Leaf, .. Enumerable.Repeat(Root, ForwardedCertificateChain.MaxCertificates + 1)]));

    // A second certificate where one was asked for is a forgery.
    [Theory]
    [InlineData(ForwardedCertificateFormat.EscapedPem, ForwardedCertificateFormat.EscapedPemChain)]
    [InlineData(ForwardedCertificateFormat.Base64Der, ForwardedCertificateFormat.Base64DerChain)]
    public void Read_ChainWhereOneIsConfigured_Malformed(ForwardedCertificateFormat one, ForwardedCertificateFormat several)
    {
        ProxyForms.AssertMalformed(one, ProxyForms.WriteChain(several, Leaf, Other));
        ProxyForms.AssertMalformed(one, ProxyForms.WriteChain(several, Leaf, Leaf));
        ProxyForms.AssertRead(one, ProxyForms.WriteChain(several, Leaf), Leaf);
    }

    [Theory]
    [MemberData(nameof(RefusedPem))]
    public void Read_PemOtherwise_Malformed(string what, string text)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.EscapedPemChain, Uri.EscapeDataString(text));
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.XfccChain, $"Chain=\"{Uri.EscapeDataString(text)}\"");
    }

    [Fact]
    public void Read_PemWithOtherLineEndsOrEscapes_Read()
    {
        foreach (var text in new[] { Pem + OtherPem, (Pem + OtherPem).TrimEnd('\n'), (Pem + OtherPem).Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            ProxyForms.AssertRead(ForwardedCertificateFormat.EscapedPemChain, Uri.EscapeDataString(text), Leaf);
            ProxyForms.AssertRead(ForwardedCertificateFormat.XfccChain, $"Chain=\"{Uri.EscapeDataString(text)}\"", Leaf);
        }
    }

    [Theory]
    [MemberData(nameof(RefusedBase64))]
    public void Read_Base64Otherwise_Malformed(string what, string value)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.Base64DerChain, value);
    }

    [Theory]
    [MemberData(nameof(RefusedXfcc))]
    public void Read_XfccOtherwise_Malformed(string what, string value)
    {
        Assert.NotEmpty(what);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.XfccChain, value);
    }

    [Fact]
    public void Read_XfccWithCertOrChainOrBoth_Read()
    {
        foreach (var value in new[] { ProxyForms.Cert(Leaf), ProxyForms.Element(Leaf), ProxyForms.Chain(Leaf, Other), $"{ProxyForms.Hash(Leaf)};{ProxyForms.Chain(Leaf)}", $"{ProxyForms.Element(Other)},{ProxyForms.Chain(Leaf, Other)};{ProxyForms.Cert(Leaf)}" })
        {
            ProxyForms.AssertRead(ForwardedCertificateFormat.XfccChain, value, Leaf);
        }
    }

    // What was loaded before the third was refused is not left open.
    [Fact]
    public void TryLoad_LaterOneRefused_NothingIsLeft()
    {
        var certificates = new X509Certificate2Collection();
        Assert.False(ForwardedCertificateList.TryLoad(ForwardedCertificateFormat.Base64DerChain, ProxyForms.WriteChain(ForwardedCertificateFormat.Base64DerChain, Leaf, Other, [0x30, 0]), certificates));
        Assert.Empty(certificates);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_ManyShortOnes_CostsNoMoreThanItsLength(ForwardedCertificateFormat format)
    {
        foreach (var piece in new[] { ",", "MAA=,", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "-----END CERTIFICATE-----" })
        {
            var value = string.Concat(Enumerable.Repeat(piece, ForwardedCertificate.MaxLength / piece.Length));
            var before = GC.GetAllocatedBytesForCurrentThread();
            ProxyForms.AssertMalformed(format, value);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * ForwardedCertificate.MaxLength);
        }
    }
}
