namespace BoundTokenEnforcement.Tests;

public sealed class BindingResultTests
{
    public static TheoryData<BindingFailure> Failures => [.. Enum.GetValues<BindingFailure>()];

    [Fact]
    public void Default_IsRefused()
    {
        BindingResult result = default;

        Assert.True(result.IsRefused);
        Assert.Equal(BindingOutcome.Refused, result.Outcome);
        Assert.Equal(BindingFailure.Unexpected, result.Failure);
        Assert.Null(result.Binding);
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public void Refused_EachFailure_IsRefusedForIt(BindingFailure failure)
    {
        var result = BindingResult.Refused(failure);

        Assert.True(result.IsRefused);
        Assert.Equal(BindingOutcome.Refused, result.Outcome);
        Assert.Equal(failure, result.Failure);
        Assert.Null(result.Binding);
    }
}
