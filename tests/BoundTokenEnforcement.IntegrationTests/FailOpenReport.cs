using BoundTokenEnforcement.IntegrationTests;
using BoundTokenEnforcement.TestSupport;

[assembly: AssemblyFixture(typeof(FailOpenReport))]

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Says at the end of the run how often enforcement failed open: on the console, and in a file for runners that keep the console to themselves.</summary>
public sealed class FailOpenReport : IDisposable
{
    internal const string FileName = "fail-open.txt";

    /// <inheritdoc />
    public void Dispose()
    {
        Console.WriteLine(FailOpen.Report);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, FileName), FailOpen.Report + Environment.NewLine);
        Assert.Equal(0, FailOpen.Entered);
    }
}
