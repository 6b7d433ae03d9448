using BoundTokenEnforcement.IntegrationTests;

[assembly: AssemblyFixture(typeof(FailOpenReport))]

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Prints the number after the last test, and fails the run unless it is 0.</summary>
public sealed class FailOpenReport : IDisposable
{
    /// <inheritdoc />
    public void Dispose()
    {
        Console.WriteLine($"FAIL OPEN: {FailOpenCount.FailedOpen} (of {FailOpenCount.Refusals} requests that had to be refused)");
        Assert.Equal(0, FailOpenCount.FailedOpen);
    }
}
