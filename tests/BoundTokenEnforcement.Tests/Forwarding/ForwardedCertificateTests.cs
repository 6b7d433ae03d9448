namespace BoundTokenEnforcement.Tests;

public sealed class ForwardedCertificateTests
{
    private static readonly byte[] Der = RecordedForm.Named("rfc9440").Der();

    private static readonly string Der64 = Convert.ToBase64String(Der);

    public static TheoryData<ForwardedCertificateFormat> Formats => [.. Enum.GetValues<ForwardedCertificateFormat>()];

    // AC-062
    [Theory]
    [MemberData(nameof(Formats))]
    [Requirement("AC-062")]
    public void Read_NoFieldOrEmptyOrNullInParentheses_None(ForwardedCertificateFormat format) => Assert.All(new[] { null, "", "(null)" }, value =>
    {
        Assert.Equal(ForwardedCertificateReading.None, ForwardedCertificate.Read(format, value, out var certificate));
        Assert.Null(certificate);
    });

    // AC-062. A proxy that writes these says something that we do not know.
    [Theory]
    [MemberData(nameof(Formats))]
    [Requirement("AC-062")]
    public void Read_AlmostNothing_Malformed(ForwardedCertificateFormat format) => Assert.All(
        new[] { "-", "\"\"", " ", "\0", "null", "(NULL)", "(null) ", "none", ":", ": :", ":::", "=", ",", "%", "Cert=\"\"", "-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----END CERTIFICATE-----" },
        value => ProxyForms.AssertMalformed(format, value));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_EmptyByteSequence_NoneOnlyWhereByteSequencesAreRead(ForwardedCertificateFormat format)
    {
        var expected = format is ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain ? ForwardedCertificateReading.None : ForwardedCertificateReading.Malformed;
        Assert.Equal(expected, ForwardedCertificate.Read(format, "::", out _));
    }

    [Theory]
    [InlineData(ForwardedCertificateFormat.None)]
    [InlineData((ForwardedCertificateFormat)99)]
    public void Read_FormatNotChosenOrUnknown_Malformed(ForwardedCertificateFormat format) =>
        Assert.All(RecordedForm.All, form => ProxyForms.AssertMalformed(format, form.Value));

    // AC-062. Elements before the last one make an XFCC field as long as one likes.
    [Theory]
    [InlineData(0, ForwardedCertificateReading.Certificate)]
    [InlineData(1, ForwardedCertificateReading.Malformed)]
    [Requirement("AC-062")]
    public void Read_AtMaxLength_ReadAndNotAbove(int excess, ForwardedCertificateReading expected)
    {
        var element = ProxyForms.Element(Der);
        var value = $"Subject=\"{new string('x', ForwardedCertificate.MaxLength + excess - element.Length - 11)}\",{element}";

        Assert.Equal(ForwardedCertificate.MaxLength + excess, value.Length);
        Assert.Equal(expected, ForwardedCertificate.Read(ForwardedCertificateFormat.Xfcc, value, out var certificate));
        certificate?.Dispose();
    }

    // AC-062: what is over-long is not decoded, be it as it may.
    [Theory]
    [MemberData(nameof(Formats))]
    [Requirement("AC-062")]
    public void Read_OverLong_MalformedWithoutAllocation(ForwardedCertificateFormat format)
    {
        var value = new string('A', 100 * 1024);
        ProxyForms.AssertMalformed(format, value);

        var before = GC.GetAllocatedBytesForCurrentThread();
        _ = ForwardedCertificate.Read(format, value, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // What is within the limit costs memory in proportion to it, whatever it says.
    [Theory]
    [MemberData(nameof(Formats))]
    public void Read_HostileValueAtMaxLength_AllocatesAFewTimesItsLength(ForwardedCertificateFormat format) => Assert.All(
        new[] { "A", "=", "%", "%C3", "%41", "%E2%82", "\\", "\"", ",", ";", "A=;", "A=,", "A=\"\",", "By=,      ", ":", "MIAw", "MII", " ", "\n", "-----BEGIN CERTIFICATE-----", Der64 },
        piece =>
        {
            foreach (var (before, behind) in new[] { ("", ""), (":", ":"), ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"), ("Cert=\"", "\""), ("Cert=", ";") })
            {
                var fill = string.Concat(Enumerable.Repeat(piece, ForwardedCertificate.MaxLength / piece.Length + 1))[..(ForwardedCertificate.MaxLength - before.Length - behind.Length)];
                var value = before + fill + behind;
                ProxyForms.AssertMalformed(format, value);

                var allocated = GC.GetAllocatedBytesForCurrentThread();
                _ = ForwardedCertificate.Read(format, value, out _);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 8 * ForwardedCertificate.MaxLength);
            }
        });

    // AC-065, AC-066: what a chain holds is never taken for the client's certificate.
    [Fact]
    [Requirement("AC-065", "AC-066")]
    public void Read_XfccWithAnotherCertificateInTheChain_TheOneInCert()
    {
        var other = Convert.FromBase64String(PublishedCertificates.A.Der);
        var chain = ProxyForms.Cert(other).Replace("Cert=", "Chain=", StringComparison.Ordinal);

        ProxyForms.AssertRead(ForwardedCertificateFormat.Xfcc, $"{ProxyForms.Element(Der)};{chain}", Der);
        ProxyForms.AssertRead(ForwardedCertificateFormat.Xfcc, $"{chain};{ProxyForms.Element(Der)}", Der);
        ProxyForms.AssertMalformed(ForwardedCertificateFormat.Xfcc, $"{ProxyForms.Hash(other)};{chain}");
    }
}
