using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Tests;

/// <summary>The abuse cases that need certificates which nobody published. All others are vectors.</summary>
public sealed class CertificateBindingTests
{
    [Fact]
    [Requirement("AC-003")]
    public void Verify_RightCertificate_HandsOutItsBinding() // AC-003
    {
        using var certificate = TestCertificates.SelfSigned("alice");

        var result = Verify(TestCertificates.Thumbprint(certificate), certificate);

        Assert.Equal(BindingOutcome.Verified, result.Outcome);
        Assert.False(result.IsRefused);
        Assert.Null(result.Failure);
        Assert.Equal(CertificateThumbprint.Of(certificate), result.Binding!.Thumbprint);
        Assert.Equal(CertificateSource.Connection, result.Binding.Source);
    }

    [Fact]
    [Requirement("AC-004", "R8705-6.3-1")]
    public void Verify_RenewedWithTheSameKey_Mismatch() // AC-004
    {
        using var certificate = TestCertificates.SelfSigned("alice");
        using var renewed = TestCertificates.RenewedWithSameKey(certificate);
        Assert.Equal(certificate.PublicKey.ExportSubjectPublicKeyInfo(), renewed.PublicKey.ExportSubjectPublicKeyInfo());

        AssertMismatch(Verify(TestCertificates.Thumbprint(certificate), renewed));
        Assert.Equal(BindingOutcome.Verified, Verify(TestCertificates.Thumbprint(renewed), renewed).Outcome);
    }

    [Fact]
    [Requirement("AC-005")]
    public void Verify_SameSubjectAndSerialOtherKey_Mismatch() // AC-005
    {
        using var certificate = TestCertificates.SelfSigned("alice");
        using var lookalike = TestCertificates.SameSubjectAndSerialOtherKey(certificate);
        Assert.Equal((certificate.Subject, certificate.SerialNumber), (lookalike.Subject, lookalike.SerialNumber));

        AssertMismatch(Verify(TestCertificates.Thumbprint(certificate), lookalike));
        Assert.Equal(BindingOutcome.Verified, Verify(TestCertificates.Thumbprint(lookalike), lookalike).Outcome);
    }

    [Fact]
    [Requirement("AC-007")]
    public void Verify_BoundToTheIssuer_MismatchForItsLeaf() // AC-007
    {
        using var authority = new TestCertificateAuthority();
        using var leaf = authority.IssueClient("alice");

        AssertMismatch(Verify(TestCertificates.Thumbprint(authority.Certificate), leaf));
        Assert.Equal(BindingOutcome.Verified, Verify(TestCertificates.Thumbprint(leaf), leaf).Outcome);
    }

    [Fact]
    [Requirement("AC-015", "R8705-3.1-2")]
    public void Verify_HashOfPemOrPublicKey_Mismatch() // AC-015
    {
        using var certificate = TestCertificates.SelfSigned("alice");

        AssertMismatch(Verify(Encoded(System.Text.Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())), certificate));
        AssertMismatch(Verify(Encoded(certificate.PublicKey.ExportSubjectPublicKeyInfo()), certificate));
        Assert.Equal(BindingOutcome.Verified, Verify(Encoded(certificate.RawData), certificate).Outcome);

        static string Encoded(byte[] data) => System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(data));
    }

    [Fact]
    [Requirement("D23", "R8705-6.2-1")]
    public void Verify_ExpiredOrUntrustedCertificate_IsNoConcernOfTheBinding() // D23
    {
        using var expired = TestCertificates.Expired("alice");
        using var rsa = TestCertificates.Rsa("alice");

        Assert.Equal(BindingOutcome.Verified, Verify(TestCertificates.Thumbprint(expired), expired).Outcome);
        Assert.Equal(BindingOutcome.Verified, Verify(TestCertificates.Thumbprint(rsa), rsa).Outcome);
        AssertMismatch(Verify(TestCertificates.Thumbprint(rsa), expired));
    }

    [Fact]
    public void Verify_SameInputTwice_SameAnswer()
    {
        var presented = PublishedCertificates.A.Present();
        var bound = Confirmation.Read(Payload.BoundTo(PublishedCertificates.A.Thumbprint));
        var other = Confirmation.Read(Payload.BoundTo(PublishedCertificates.B.Thumbprint));

        // The proof is made once; the comparison is not.
        Assert.Equal(BindingOutcome.Verified, CertificateBinding.Verify(bound, presented, BindingRequirement.Required).Outcome);
        AssertMismatch(CertificateBinding.Verify(other, presented, BindingRequirement.Required));
        Assert.Equal(BindingOutcome.Verified, CertificateBinding.Verify(bound, presented, BindingRequirement.Required).Outcome);
    }

    private static BindingResult Verify(string thumbprint, X509Certificate2 certificate) => CertificateBinding.Verify(
        Confirmation.Read(Payload.BoundTo(thumbprint)),
        new PresentedCertificate(certificate, CertificateSource.Connection),
        BindingRequirement.Required);

    private static void AssertMismatch(BindingResult result)
    {
        Assert.True(result.IsRefused);
        Assert.Equal(BindingFailure.CertificateMismatch, result.Failure);
        Assert.Null(result.Binding);
    }
}
