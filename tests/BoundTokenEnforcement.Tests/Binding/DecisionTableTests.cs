namespace BoundTokenEnforcement.Tests;

/// <summary>Every kind of confirmation, with every kind of certificate, under every requirement, the undefined ones included.</summary>
public sealed class DecisionTableTests
{
    private static readonly PresentedCertificate A = PublishedCertificates.A.Present();
    private static readonly PresentedCertificate B = PublishedCertificates.B.Present();

    private static readonly BindingRequirement[] Requirements =
        [BindingRequirement.Required, BindingRequirement.WhenBound, (BindingRequirement)(-1), (BindingRequirement)2, (BindingRequirement)int.MinValue, (BindingRequirement)int.MaxValue];

    private static readonly PresentedCertificate?[] Certificates = [null, A, B];

    [Fact]
    public void Verify_BoundConfirmation_OnlyItsOwnCertificate()
    {
        ForEachRequirement(requirement =>
        {
            var boundToA = Confirmation.BoundTo(A.Thumbprint);
            AssertRefused(BindingFailure.CertificateMissing, CertificateBinding.Verify(boundToA, null, requirement));
            AssertVerified(A, CertificateBinding.Verify(boundToA, A, requirement));
            AssertRefused(BindingFailure.CertificateMismatch, CertificateBinding.Verify(boundToA, B, requirement));

            var boundToB = Confirmation.BoundTo(B.Thumbprint);
            AssertRefused(BindingFailure.CertificateMissing, CertificateBinding.Verify(boundToB, null, requirement));
            AssertRefused(BindingFailure.CertificateMismatch, CertificateBinding.Verify(boundToB, A, requirement));
            AssertVerified(B, CertificateBinding.Verify(boundToB, B, requirement));
        });
    }

    [Fact]
    public void Verify_BoundToDefaultThumbprint_NoCertificate()
    {
        ForEachRequirement(requirement =>
        {
            var confirmation = Confirmation.BoundTo(default);
            AssertRefused(BindingFailure.CertificateMissing, CertificateBinding.Verify(confirmation, null, requirement));
            AssertRefused(BindingFailure.CertificateMismatch, CertificateBinding.Verify(confirmation, A, requirement));
            AssertRefused(BindingFailure.CertificateMismatch, CertificateBinding.Verify(confirmation, B, requirement));
        });
    }

    [Fact]
    public void Verify_AbsentConfirmation_OnlyWhenBoundAccepts()
    {
        ForEachRequirement(requirement => Assert.All(Certificates, presented =>
        {
            var result = CertificateBinding.Verify(Confirmation.Absent, presented, requirement);
            if (requirement == BindingRequirement.WhenBound)
            {
                Assert.Equal(BindingOutcome.Unbound, result.Outcome);
                Assert.False(result.IsRefused);
                Assert.Null(result.Failure);
                Assert.Null(result.Binding);
            }
            else
            {
                AssertRefused(BindingFailure.TokenUnbound, result);
            }
        }));
    }

    [Fact]
    public void Verify_FaultyConfirmation_ThatFailure()
    {
        BindingFailure[] failures = [.. Enum.GetValues<BindingFailure>(), (BindingFailure)(-1), (BindingFailure)int.MaxValue];

        ForEachRequirement(requirement => Assert.All(Certificates, presented =>
            Assert.All(failures, failure => AssertRefused(failure, CertificateBinding.Verify(Confirmation.Faulty(failure), presented, requirement)))));
    }

    [Fact]
    public void Verify_DefaultConfirmation_Refused() =>
        ForEachRequirement(requirement => Assert.All(Certificates, presented =>
            AssertRefused(BindingFailure.Unexpected, CertificateBinding.Verify(default, presented, requirement))));

    private static void ForEachRequirement(Action<BindingRequirement> assert) => Assert.All(Requirements, assert);

    private static void AssertVerified(PresentedCertificate presented, BindingResult result)
    {
        Assert.Equal(BindingOutcome.Verified, result.Outcome);
        Assert.False(result.IsRefused);
        Assert.Null(result.Failure);
        Assert.Equal(presented.Thumbprint, result.Binding!.Thumbprint);
    }

    private static void AssertRefused(BindingFailure failure, BindingResult result)
    {
        Assert.Equal(BindingOutcome.Refused, result.Outcome);
        Assert.True(result.IsRefused);
        Assert.Equal(failure, result.Failure);
        Assert.Null(result.Binding);
    }
}
