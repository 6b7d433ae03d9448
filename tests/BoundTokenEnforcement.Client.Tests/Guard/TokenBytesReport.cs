using BoundTokenEnforcement.Client.Tests.Guard;

[assembly: AssemblyFixture(typeof(TokenBytesReport))]

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>Says at the end of the run how much of a token went astray: on the console, and in a file for runners that keep the console to themselves.</summary>
public sealed class TokenBytesReport : IDisposable
{
    internal const string FileName = "token-bytes.txt";

    /// <inheritdoc />
    public void Dispose()
    {
        Console.WriteLine(TokenBytes.Report);
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, FileName), TokenBytes.Report + Environment.NewLine);
        Assert.Equal(0, TokenBytes.Sent);
    }
}
