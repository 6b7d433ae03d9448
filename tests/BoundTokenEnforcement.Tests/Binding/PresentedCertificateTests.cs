using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

public sealed class PresentedCertificateTests
{
    [Fact]
    public void Constructor_Certificate_KeepsThumbprintAndSourceNotTheCertificate()
    {
        var certificate = TestCertificates.SelfSigned("alice");
        var expected = TestCertificates.Thumbprint(certificate);
        // An undefined source shows that it is carried along, not assumed.
        var presented = new PresentedCertificate(certificate, (CertificateSource)7);
        certificate.Dispose();

        Assert.Equal(expected, presented.Thumbprint.ToString());
        Assert.Equal((CertificateSource)7, presented.Source);
        Assert.Equal((CertificateSource)7, presented.WhenMatched.Binding!.Source);
        Assert.Equal(expected, presented.WhenMatched.Binding.Thumbprint.ToString());
    }

    [Fact]
    public void Constructor_NoCertificate_Throws() =>
        Assert.Throws<ArgumentNullException>("certificate", () => new PresentedCertificate(null!, CertificateSource.Connection));
}
