using System.Reflection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>The page about the guard says what the guard is.</summary>
public sealed class ClientDocumentationTests
{
    private static readonly MarkdownDocument Page = Repository.Document("docs/reference/client.md");

    [Fact]
    public void Headings_AreThoseOfFeaturePages() =>
        Assert.Equal(["About", "Usage", "Defaults", "Telemetry", "Failures", "Mistakes"], Page.Headings.Skip(1));

    [Theory]
    [InlineData("Guard option", typeof(BoundTokenGuardOptions))]
    [InlineData("Metadata option", typeof(MetadataDiscoveryOptions))]
    [InlineData("Connection option", typeof(GuardedConnectionOptions))]
    [InlineData("Token option", typeof(CertificateBoundTokenOptions))]
    public void Options_Documented_AreAllThereAreWithTheirDefaults(string table, Type options)
    {
        var instance = Activator.CreateInstance(options);
        var expected = options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => $"{property.Name}: {Default(property.GetValue(instance))}");

        Assert.Equal(expected.Order(), Page.Table(table).Select(row => $"{row[0]}: {row[1]}").Order());
    }

    [Fact]
    public void Refusals_Documented_AreAllThereAreWithTheirLogEvents()
    {
        var expected = Enum.GetValues<GuardFailure>().Select(refusal => $"{refusal} {(int)refusal} {300 + (int)refusal} Warning");
        var rows = Page.Table("Refusal").ToList();

        Assert.Equal(expected, rows.Select(row => $"{row[0]} {row[1]} {row[2]}"));
        Assert.All(rows, row => Assert.All(row, Assert.NotEmpty));
    }

    [Fact]
    public void Events_Documented_AreAllOthersThereAre()
    {
        var expected = typeof(GuardFailure).Assembly.GetType("BoundTokenEnforcement.Log", throwOnError: true)!
            .GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .OrderBy(message => message.EventId)
            .Select(message => $"{message.EventName} {message.EventId} {message.Level}");

        Assert.Equal(expected, Page.Table("Event").Select(row => $"{row[0]} {row[1]} {row[2]}"));
    }

    [Fact]
    public void Telemetry_Documented_HasAllNames()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, Page.Path));
        var names = typeof(BoundTokenGuardTelemetry).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => $"`{field.GetRawConstantValue()}`").ToList();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains(name, page, StringComparison.Ordinal));
    }

    private static string Default(object? value) =>
        value is MetadataDiscoveryOptions or GuardedConnectionOptions ? "see below" : DocumentationTests.Text(value);
}
