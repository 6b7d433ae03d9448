using System.Text.RegularExpressions;
using Sources = BoundTokenEnforcement.Tests.Repository;

namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>The rows of <c>docs/internals/conformance.md</c> and the traits of the tests are the same.</summary>
public sealed partial class ConformanceTests
{
    private static readonly HashSet<string> Traits =
    [
        .. Sources.SourcesBelow(Sources.PathOf("tests"))
            .SelectMany(static file => Attribute().Matches(File.ReadAllText(file)))
            .SelectMany(static attribute => Id().Matches(attribute.Value))
            .Select(static id => id.Value),
    ];

    private static readonly string[] Rows = [.. Row().Matches(File.ReadAllText(Sources.PathOf("docs", "internals", "conformance.md"))).Select(static row => row.Groups[1].Value)];

    [Fact]
    public void Rows_EachHasATest()
    {
        Assert.NotEmpty(Rows);
        Assert.Empty(Rows.Except(Traits));
    }

    [Fact]
    public void Traits_OfAnRfc_EachHasARow() => Assert.Empty(Traits.Where(static id => id.StartsWith('R')).Except(Rows));

    [GeneratedRegex(@"\[Requirement\([^)]*\)\]")]
    private static partial Regex Attribute();

    [GeneratedRegex(@"R\d{4}-[\d.]+-\d+|D\d{1,2}|AC-\d{3}")]
    private static partial Regex Id();

    [GeneratedRegex(@"^\| (R\d{4}-[\d.]+-\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
