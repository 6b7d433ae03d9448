namespace BoundTokenEnforcement.Tests;

public sealed class ConfirmationTests
{
    public static TheoryData<BindingFailure> Failures => [.. Enum.GetValues<BindingFailure>()];

    [Fact]
    public void Default_IsFault()
    {
        Confirmation confirmation = default;

        Assert.False(confirmation.IsAbsent);
        Assert.Equal(BindingFailure.Unexpected, confirmation.Fault);
        Assert.False(confirmation.CertificateThumbprint.Equals(confirmation.CertificateThumbprint));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Faulty_EachFailure_IsThatFault(BindingFailure failure)
    {
        var confirmation = Confirmation.Faulty(failure);

        Assert.Equal(failure, confirmation.Fault);
        Assert.False(confirmation.IsAbsent);
        Assert.False(confirmation.CertificateThumbprint.Equals(confirmation.CertificateThumbprint));
    }

    [Fact]
    public void Read_NoConfirmation_IsAbsentAndNothingElse()
    {
        var confirmation = Confirmation.Read("""{"sub":"alice"}"""u8);

        Assert.True(confirmation.IsAbsent);
        Assert.Null(confirmation.Fault);
        Assert.False(confirmation.CertificateThumbprint.Equals(confirmation.CertificateThumbprint));
    }

    [Fact]
    public void Read_Thumbprint_IsThatThumbprintAndNothingElse()
    {
        var confirmation = Confirmation.Read(Payload.BoundTo(PublishedCertificates.A.Thumbprint));

        Assert.False(confirmation.IsAbsent);
        Assert.Null(confirmation.Fault);
        Assert.Equal(PublishedCertificates.A.Present().Thumbprint, confirmation.CertificateThumbprint);
    }

    [Fact]
    public void Read_ExampleOfRfc8705Section3_OnlyTheCanonicalSpellingIsUnderstood()
    {
        Assert.Equal(
            BindingFailure.ThumbprintMalformed,
            Confirmation.Read(Payload.BoundTo("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2")).Fault);

        var canonical = Confirmation.Read(Payload.BoundTo("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0"));
        Assert.Null(canonical.Fault);
        Assert.Equal("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0", canonical.CertificateThumbprint.ToString());
    }
}
