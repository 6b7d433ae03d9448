using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>What came of one attempt to get in.</summary>
/// <param name="Answered">Whether the caller was told that it is in.</param>
/// <param name="Entered">How often the endpoint was entered, by its own account.</param>
internal readonly record struct Knock(bool Answered, int Entered)
{
    internal void IsLetIn() => Assert.Equal(new Knock(Answered: true, Entered: 1), this);

    internal void IsRefused()
    {
        FailOpen.Count(Entered > 0);
        Assert.Equal(new Knock(Answered: false, Entered: 0), this);
    }
}
