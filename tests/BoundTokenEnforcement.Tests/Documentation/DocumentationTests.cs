using System.Collections;
using System.Globalization;
using System.Reflection;

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
    [InlineData("docs/reference/enforcement.md")]
    [InlineData("docs/reference/metadata.md")]
    [InlineData("docs/reference/token-cache.md")]
    [InlineData("docs/guides/behind-a-proxy.md")]
    public void Headings_OfFeaturePages_AreTheSame(string path)
    {
        Assert.Equal(["About", "Usage", "Defaults", "Telemetry", "Failures", "Mistakes"], Repository.Document(path).Parts);
    }

    [Theory]
    [InlineData("docs/reference/enforcement.md", "Option", typeof(BoundTokenEnforcementOptions))]
    [InlineData("docs/reference/metadata.md", "Option", typeof(ProtectedResourceMetadataOptions))]
    [InlineData("docs/reference/defaults.md", "Enforcement", typeof(BoundTokenEnforcementOptions))]
    [InlineData("docs/guides/behind-a-proxy.md", "Option", typeof(ForwardedCertificateOptions))]
    [InlineData("docs/guides/operations.md", "Key option", typeof(SigningKeyOptions))]
    [InlineData("docs/reference/defaults.md", "Signing keys", typeof(SigningKeyOptions))]
    [InlineData("docs/reference/defaults.md", "Forwarding", typeof(ForwardedCertificateOptions))]
    [InlineData("docs/reference/defaults.md", "Allowed", typeof(AllowedCertificateOptions))]
    [InlineData("docs/reference/defaults.md", "Metadata", typeof(ProtectedResourceMetadataOptions))]
    [InlineData("docs/reference/token-cache.md", "Option", typeof(ValidatedTokenCacheOptions))]
    [InlineData("docs/reference/defaults.md", "Cache", typeof(ValidatedTokenCacheOptions))]
    public void Options_Documented_AreAllThereAreWithTheirDefaults(string path, string table, Type options)
    {
        var instance = Activator.CreateInstance(options);
        var expected = options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Select(property => $"{property.Name}: {Text(property.GetValue(instance))}");

        Assert.Equal(expected.Order(), Repository.Document(path).Table(table).Select(row => $"{row[0]}: {row[1]}").Order());
        Assert.DoesNotContain(Repository.Document(path).Table(table), row => row[2].Length == 0);
    }

    internal static string Text(object? value) => value switch
    {
        null => "none",
        SigningKeyOptions or AllowedCertificateOptions => "see below",
        bool flag => flag ? "true" : "false",
        IEnumerable list => list.Cast<object>().Any() ? "?" : "empty",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => "?",
    };
}
