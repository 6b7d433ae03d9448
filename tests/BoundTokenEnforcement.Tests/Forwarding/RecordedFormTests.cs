using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

/// <summary>AC-063, AC-064: each form passes with its own format, and with those that ask for less of the same, and with no other.</summary>
[Requirement("AC-063", "AC-064")]
public sealed class RecordedFormTests
{
    private static readonly ForwardedCertificateFormat[] Formats = [.. Enum.GetValues<ForwardedCertificateFormat>().Where(format => format != ForwardedCertificateFormat.None)];

    public static TheoryData<string, ForwardedCertificateFormat> FormsInAllFormats =>
        [.. RecordedForm.All.SelectMany(form => Enum.GetValues<ForwardedCertificateFormat>().Select(format => (form.Id, format)))];

    public static TheoryData<ForwardedCertificateFormat> AllFormats => [.. Formats];

    [Fact]
    public void Forms_EveryFormat_IsThere() => Assert.Equal(Formats, RecordedForm.All.Select(form => form.Format).Distinct().Order());

    [Theory]
    [MemberData(nameof(FormsInAllFormats))]
    public void Read_RecordedForm_OnlyWhereItBelongs(string id, ForwardedCertificateFormat format)
    {
        var form = RecordedForm.Named(id);
        if (ProxyForms.Reads(format, form.Format))
        {
            ProxyForms.AssertRead(format, form.Value, form.Der());
        }
        else
        {
            ProxyForms.AssertMalformed(format, form.Value);
        }
    }

    [Theory]
    [MemberData(nameof(AllFormats))]
    public void Read_FreshCertificates_OnlyWhereTheyBelong(ForwardedCertificateFormat written)
    {
        foreach (var certificate in new[] { TestCertificates.SelfSigned("ec"), TestCertificates.Rsa("rsa"), TestCertificates.Expired("old"), TestCertificates.Large("large", 20, 4000) })
        {
            var der = ProxyForms.Der(certificate);
            var value = ProxyForms.Write(written, der);

            ProxyForms.AssertRead(written, value, der);
            Assert.All(Formats.Where(format => !ProxyForms.Reads(format, written)), format => ProxyForms.AssertMalformed(format, value));
        }
    }

    // RFC 8705 Appendix A is a version 1 certificate.
    [Theory]
    [MemberData(nameof(AllFormats))]
    public void Read_PublishedCertificates_AreRead(ForwardedCertificateFormat format) => Assert.All(PublishedCertificates.All, entry =>
    {
        var der = Convert.FromBase64String(entry.Der);
        ProxyForms.AssertRead(format, ProxyForms.Write(format, der), der);
    });
}
