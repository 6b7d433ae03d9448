using System.Text;

namespace BoundTokenEnforcement.Tests;

/// <summary>What every accepted request pays for the decision: nothing that must be collected.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void ReadAndVerify_Accepted_AllocateNothing()
    {
        var presented = PublishedCertificates.A.Present();
        var payload = Payload.WithMembers("""
            "iss":"https://as.example","sub":"alice","aud":["https://api.example"],"exp":1893456000,"nbf":1893452400,"iat":1893452400,
            "jti":"1","client_id":"c","scope":"read write","act":{"sub":"bob"},"n\u00e1me":"escaped"
            """);

        Assert.Equal(0, AllocatedBy(() => CertificateBinding.Verify(Confirmation.Read(payload), presented, BindingRequirement.Required), BindingOutcome.Verified));
    }

    [Fact]
    public void ReadAndVerify_UnboundAccepted_AllocateNothing()
    {
        var payload = Encoding.UTF8.GetBytes("""{"iss":"https://as.example","sub":"alice"}""");

        Assert.Equal(0, AllocatedBy(() => CertificateBinding.Verify(Confirmation.Read(payload), null, BindingRequirement.WhenBound), BindingOutcome.Unbound));
    }

    [Fact]
    public void AllocatedBy_SomethingThatAllocates_IsSeen() =>
        Assert.NotEqual(0, AllocatedBy(() => CertificateBinding.Verify(Confirmation.Read(Payload.BoundTo("")), null, BindingRequirement.WhenBound), BindingOutcome.Refused));

    private static long AllocatedBy(Func<BindingResult> decide, BindingOutcome expected)
    {
        const int times = 1_000;
        var asExpected = 0;
        var allocated = 0L;
        // The first round warms up: statics, and the first compilation of everything.
        for (var round = 0; round < 2; round++)
        {
            asExpected = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                asExpected += decide().Outcome == expected ? 1 : 0;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(times, asExpected);
        return allocated;
    }
}
