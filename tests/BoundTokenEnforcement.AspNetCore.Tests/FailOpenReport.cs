using BoundTokenEnforcement.AspNetCore.Tests;
using BoundTokenEnforcement.TestSupport;

[assembly: AssemblyFixture(typeof(FailOpenReport))]

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Says at the end of the run how often enforcement failed open: on the console, and in a file for runners that keep the console to themselves.</summary>
public sealed class FailOpenReport : IDisposable
{
    public void Dispose()
    {
        Console.WriteLine(FailOpen.Report);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "fail-open.txt"), FailOpen.Report + Environment.NewLine);
        Assert.Equal(0, FailOpen.Entered);
    }
}
