using BoundTokenEnforcement.IntegrationTests;

[assembly: AssemblyFixture(typeof(ProxyReport))]

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Says at the end of the run what the proxies let through: on the console, and in a file for runners that keep the console to themselves.</summary>
public sealed class ProxyReport : IDisposable
{
    internal const string FileName = "proxies.txt";

    /// <inheritdoc />
    public void Dispose()
    {
        Console.WriteLine(ProxyScore.Report);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, FileName), ProxyScore.Report + Environment.NewLine);
    }
}
