using System.Text.RegularExpressions;

namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary><c>docs/internals/threat-model.md</c> names tests that exist.</summary>
public sealed partial class ThreatModelTests
{
    private static readonly string[] Columns = ["Attack", "Mistake", "Attack or mistake"];

    private static readonly HashSet<string> Tests = FindTests();

    [Fact]
    public void Tests_Named_Exist()
    {
        var named = Named().ToList();

        Assert.NotEmpty(named);
        Assert.DoesNotContain(named, test => !Tests.Contains(test));
    }

    [Fact]
    public void Rows_OfEveryTable_NameAtLeastOneTest()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "internals", "threat-model.md"));
        var rows = lines.Where(line => line.StartsWith('|') && !line.StartsWith("|---", StringComparison.Ordinal) && !Columns.Any(column => line.StartsWith($"| {column} |", StringComparison.Ordinal)));

        Assert.DoesNotContain(rows, row => !TestName().IsMatch(row));
    }

    [Theory]
    [InlineData("NoSuchTests.Tests_Named_Exist")]
    [InlineData("ThreatModelTests.NoSuch_Test_Exists")]
    public void Test_NotThere_IsFound(string name) => Assert.DoesNotContain(name, Tests);

    private static IEnumerable<string> Named() =>
        TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "internals", "threat-model.md"))).Select(match => match.Groups[1].Value);

    private static HashSet<string> FindTests() =>
    [
        .. BoundTokenEnforcement.Tests.Repository.SourcesBelow(Path.Combine(Repository.Root, "tests"))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(method => $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups[1].Value}")),
    ];

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();

    // What stands behind [Fact] or [Theory] and its data.
    [GeneratedRegex(@"\[(?:Fact|Theory)[^\]]*\](?:(?!\[Fact|\[Theory)[\s\S])*?\spublic (?:async )?(?:Task|ValueTask|void) (\w+)\(")]
    private static partial Regex Method();
}
