namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>What can be wrong in a document, in words.</summary>
internal static class DocumentFaults
{
    /// <summary>Code that is not the code that was compiled.</summary>
    public static IEnumerable<string> InCode(MarkdownDocument document) => document.CodeBlocks
        .Where(block => block.Language.StartsWith("csharp", StringComparison.Ordinal))
        .Select(block => Fault(document, block))
        .OfType<string>();

    /// <summary>Links to files or headings that are not there.</summary>
    public static IEnumerable<string> InLinks(MarkdownDocument document) => document.Links
        .Where(link => !link.StartsWith("https://", StringComparison.Ordinal))
        .Where(link => !Resolves(document, link))
        .Select(link => $"{document.Path} links to {link}, which is not there.");

    private static string? Fault(MarkdownDocument document, MarkdownDocument.CodeBlock block)
    {
        // Package pages are shown where a marker would be shown too.
        if (block.Snippet is null)
        {
            return Path.GetFileName(document.Path) == "PACKAGE.md" && SnippetRegions.All.Values.Contains(block.Text)
                ? null
                : $"{document.Path} has a block of C# without a marker: {block.Text}";
        }

        return SnippetRegions.All.TryGetValue(block.Snippet, out var region) && region == block.Text
            ? null
            : $"{document.Path} does not show the snippet {block.Snippet} as it is compiled.";
    }

    private static bool Resolves(MarkdownDocument document, string link)
    {
        var parts = link.Split('#', 2);
        var target = parts[0].Length == 0
            ? Path.Combine(Repository.Root, document.Path)
            : Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document.Path)!, parts[0]));

        return (File.Exists(target) || Directory.Exists(target))
            && !Repository.Relative(target).StartsWith("..", StringComparison.Ordinal)
            && (parts.Length == 1 || Repository.Document(Repository.Relative(target)).Anchors.Contains(parts[1]));
    }
}
