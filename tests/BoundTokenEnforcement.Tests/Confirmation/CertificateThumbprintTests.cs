using System.Buffers.Text;
using System.Security.Cryptography;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

public sealed class CertificateThumbprintTests
{
    [Fact]
    public void Of_Certificate_IsTheSha256OfItsDer()
    {
        using var certificate = TestCertificates.SelfSigned("alice");

        Assert.Equal(TestCertificates.Thumbprint(certificate), CertificateThumbprint.Of(certificate).ToString());
    }

    [Fact]
    public void Of_NoCertificate_Throws() =>
        Assert.Throws<ArgumentNullException>("certificate", () => CertificateThumbprint.Of(null!));

    [Fact]
    public void Of_DisposedCertificate_Throws()
    {
        var certificate = TestCertificates.SelfSigned("alice");
        certificate.Dispose();

        Assert.ThrowsAny<CryptographicException>(() => CertificateThumbprint.Of(certificate));
    }

    [Fact]
    public void TryParse_CanonicalText_IsTheThumbprint()
    {
        Assert.True(CertificateThumbprint.TryParse(PublishedCertificates.A.Thumbprint, out var thumbprint));
        Assert.Equal(PublishedCertificates.A.Present().Thumbprint, thumbprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0=")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v1")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v ")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v\n")]
    [InlineData("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v=")]
    public void TryParse_OtherText_IsFalseAndEqualsNothing(string text)
    {
        Assert.False(CertificateThumbprint.TryParse(text, out var thumbprint));
        Assert.False(thumbprint.Equals(thumbprint));
        Assert.Equal(string.Empty, thumbprint.ToString());
    }

    [Fact]
    public void TryParse_EachCharacterThatCouldEnd_OnlyThoseWithoutSpareBits()
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var understood = alphabet.Where(last => CertificateThumbprint.TryParse(new string('A', 42) + last, out _));

        // Four bits of hash, then two spare ones: every fourth character.
        Assert.Equal("AEIMQUYcgkosw048", string.Concat(understood));
    }

    [Fact]
    public void TryParse_EachCharacterOfBmpInside_OnlyTheAlphabet()
    {
        var understood = Enumerable.Range(0, 0x10000).Where(c => CertificateThumbprint.TryParse('A' + ((char)c).ToString() + new string('A', 41), out _));

        Assert.Equal("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz", string.Concat(understood.Select(c => (char)c)));
    }

    [Fact]
    public void Equals_OneBitDiffers_IsFalse()
    {
        var hash = SHA256.HashData("certificate"u8);
        var thumbprint = Read(hash);
        Assert.True(thumbprint.Equals(Read(hash)));

        for (var bit = 0; bit < 256; bit++)
        {
            var other = (byte[])hash.Clone();
            other[bit / 8] ^= (byte)(1 << (bit % 8));

            Assert.False(thumbprint.Equals(Read(other)), $"bit {bit}");
            Assert.False(Read(other).Equals(thumbprint), $"bit {bit}");
            Assert.False(thumbprint == Read(other), $"bit {bit}");
        }
    }

    [Fact]
    public void Equals_Default_NothingItselfIncluded()
    {
        CertificateThumbprint none = default;
        var zero = Read(new byte[32]);

        Assert.False(none.Equals(none));
        Assert.False(none.Equals((object)none));
        Assert.False(none.Equals(zero));
        Assert.False(zero.Equals(none));
        Assert.True(zero.Equals(zero));
#pragma warning disable CS1718 // Comparison made to same variable: that is the point.
        Assert.False(none == none);
        Assert.True(none != none);
#pragma warning restore CS1718
    }

    [Fact]
    public void Equals_Object_OnlyTheSameThumbprint()
    {
        var thumbprint = PublishedCertificates.A.Present().Thumbprint;

        Assert.True(thumbprint.Equals((object)PublishedCertificates.A.Present().Thumbprint));
        Assert.False(thumbprint.Equals((object)PublishedCertificates.B.Present().Thumbprint));
        Assert.False(thumbprint.Equals((object)PublishedCertificates.A.Thumbprint));
        Assert.False(thumbprint.Equals(null));
    }

    [Fact]
    public void Operators_SameAndOther_AgreeWithEquals()
    {
        var thumbprint = PublishedCertificates.A.Present().Thumbprint;
        var same = PublishedCertificates.A.Present().Thumbprint;
        var other = PublishedCertificates.B.Present().Thumbprint;

        Assert.True(thumbprint == same);
        Assert.False(thumbprint != same);
        Assert.False(thumbprint == other);
        Assert.True(thumbprint != other);
    }

    [Fact]
    public void GetHashCode_SameThumbprint_IsTheSameAndSpreads()
    {
        Assert.Equal(PublishedCertificates.A.Present().Thumbprint.GetHashCode(), PublishedCertificates.A.Present().Thumbprint.GetHashCode());

        var codes = Enumerable.Range(0, 256).SelectMany(i => new[] { HashWith(0, i), HashWith(31, i) }).Select(hash => Read(hash).GetHashCode());
        Assert.True(codes.Distinct().Count() > 500);

        static byte[] HashWith(int index, int value)
        {
            var hash = new byte[32];
            hash[index] = (byte)value;
            return hash;
        }
    }

    private static CertificateThumbprint Read(byte[] hash)
    {
        Assert.True(CertificateThumbprint.TryParse(Base64Url.EncodeToString(hash), out var thumbprint));
        return thumbprint;
    }
}
