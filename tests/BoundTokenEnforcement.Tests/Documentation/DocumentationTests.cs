using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Tests.Documentation;

public sealed class DocumentationTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Code_OfEveryDocument_IsTheCodeThatWasCompiled(string path) =>
        Assert.Empty(DocumentFaults.InCode(Repository.Document(path)));

    [Theory]
    [InlineData("```csharp\nvar x = 1;\n```")]
    [InlineData("<!-- snippet: adopt -->\n```csharp\nvar x = 1;\n```")]
    [InlineData("<!-- snippet: there-is-none -->\n```csharp\nvar x = 1;\n```")]
    public void Code_NotCompiled_IsFound(string text) =>
        Assert.Single(DocumentFaults.InCode(new MarkdownDocument("README.md", text)));

    [Fact]
    public void Code_OfEverySnippet_IsShownSomewhere()
    {
        var shown = Repository.Documents().SelectMany(path => Repository.Document(path).CodeBlocks).Select(block => block.Text).ToHashSet();

        Assert.DoesNotContain(SnippetRegions.All, region => !shown.Contains(region.Value));
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_OfEveryDocument_LeadSomewhere(string path) =>
        Assert.Empty(DocumentFaults.InLinks(Repository.Document(path)));

    [Theory]
    [InlineData("[a](nowhere.md)")]
    [InlineData("[a](README.md#no-such-heading)")]
    [InlineData("[a](#no-such-heading)")]
    [InlineData("[a](../outside)")]
    public void Links_ToNothing_AreFound(string text) =>
        Assert.Single(DocumentFaults.InLinks(new MarkdownDocument("README.md", text)));

    [Theory]
    [InlineData("docs/enforcement.md")]
    [InlineData("docs/metadata.md")]
    public void Headings_OfFeaturePages_AreTheSame(string path)
    {
        var parts = Repository.Document(path).Headings.Skip(1);

        Assert.Equal(["About", "Usage", "Defaults", "Telemetry", "Failures", "Mistakes"], parts);
    }

    [Theory]
    [InlineData("docs/enforcement.md", typeof(BoundTokenEnforcementOptions))]
    [InlineData("docs/metadata.md", typeof(ProtectedResourceMetadataOptions))]
    public void Options_Documented_AreAllThereAreWithTheirDefaults(string path, Type options)
    {
        var instance = Activator.CreateInstance(options);
        var expected = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => $"{property.Name}: {Text(property.GetValue(instance))}");

        Assert.Equal(expected.Order(), Repository.Document(path).Table("Option").Select(row => $"{row[0]}: {row[1]}").Order());
    }

    [Fact]
    public void Failures_Documented_AreAllThereAreWithTheirLogEvents()
    {
        var events = typeof(BoundTokenEnforcementOptions).Assembly.GetType("BoundTokenEnforcement.Log", throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .ToDictionary(message => message.EventName!, message => $"{message.EventId} {message.Level}");
        var expected = Enum.GetValues<BindingFailure>()
            .Select(failure => $"{failure} {(int)failure} {events.GetValueOrDefault(failure.ToString(), "none")}");

        Assert.Equal(expected, Repository.Document("docs/enforcement.md").Table("Failure").Select(row => $"{row[0]} {row[1]} {row[2]}"));
    }

    [Fact]
    public void Telemetry_Documented_HasTheNamesThatAreUsed()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "enforcement.md"));

        Assert.Contains($"`{BoundTokenTelemetry.MeterName}`", page, StringComparison.Ordinal);
        Assert.Contains($"`{BoundTokenTelemetry.DecisionsCounterName}`", page, StringComparison.Ordinal);
    }

    internal static string Text(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        IEnumerable list => list.Cast<object>().Any() ? "?" : "empty",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => "?",
    };
}
