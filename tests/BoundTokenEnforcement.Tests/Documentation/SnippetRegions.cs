namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>The regions of <c>docs/Snippets</c>: code that is compiled, without its indentation.</summary>
internal static class SnippetRegions
{
    private const string Start = "#region ";
    private const string End = "#endregion";

    public static IReadOnlyDictionary<string, string> All { get; } = Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "docs", "Snippets"), "*.cs")
        .SelectMany(file => Read(File.ReadAllLines(file)))
        .ToDictionary(region => region.Key, region => region.Value);

    private static IEnumerable<KeyValuePair<string, string>> Read(IEnumerable<string> lines)
    {
        string? name = null;
        var content = new List<string>();
        foreach (var line in lines)
        {
            if (line.TrimStart().StartsWith(Start, StringComparison.Ordinal))
            {
                name = line.Trim()[Start.Length..];
                content.Clear();
            }
            else if (name is not null && line.Trim() == End)
            {
                yield return new(name, WithoutIndentation(content));
                name = null;
            }
            else
            {
                content.Add(line);
            }
        }
    }

    private static string WithoutIndentation(List<string> lines)
    {
        var indentation = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length > 0 ? line[indentation..] : line));
    }
}
