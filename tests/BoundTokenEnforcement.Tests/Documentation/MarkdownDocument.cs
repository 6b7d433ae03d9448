using System.Text.RegularExpressions;

namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>As much of Markdown as the documents of this repository use.</summary>
internal sealed partial class MarkdownDocument
{
    private const string Fence = "```";

    private readonly List<string> _prose = [];

    public MarkdownDocument(string path, string text)
    {
        Path = path;
        CodeBlock? block = null;
        var previous = string.Empty;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (block is not null)
            {
                if (line == Fence)
                {
                    CodeBlocks.Add(block);
                    block = null;
                }
                else
                {
                    block.Lines.Add(line);
                }
            }
            else if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                block = new CodeBlock(line[Fence.Length..], SnippetMarker().Match(previous) is { Success: true } marker ? marker.Groups[1].Value : null);
            }
            else
            {
                _prose.Add(line);
            }

            previous = line;
        }

        Assert.True(block is null, $"{path} ends inside a code block.");
    }

    public string Path { get; }

    public List<CodeBlock> CodeBlocks { get; } = [];

    public IEnumerable<string> Headings => _prose.Select(line => Heading().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value);

    /// <summary>The headings of the second level.</summary>
    public IEnumerable<string> Parts => _prose.Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]);

    public IEnumerable<string> Links => _prose.SelectMany(line => Link().Matches(InlineCode().Replace(line, "x"))).Select(match => match.Groups[1].Value);

    /// <summary>What a link can have behind its hash sign: the headings, as GitHub writes them.</summary>
    public IEnumerable<string> Anchors =>
        Headings.Select(heading => NotInAnchor().Replace(heading, string.Empty).Replace(' ', '-').ToLowerInvariant());

    /// <summary>The rows of the table whose first column has this heading, cell by cell and without backticks.</summary>
    public IEnumerable<string[]> Table(string firstColumn) => _prose
        .SkipWhile(line => !line.StartsWith($"| {firstColumn} |", StringComparison.Ordinal))
        .Skip(2)
        .TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`')).ToArray());

    /// <summary>What stands below a heading, up to the next one of any level.</summary>
    public string Text(string heading) => string.Join('\n', _prose
        .SkipWhile(line => Heading().Match(line) is not { Success: true } match || match.Groups[1].Value != heading)
        .Skip(1)
        .TakeWhile(line => !Heading().IsMatch(line)));

    [GeneratedRegex(@"^<!-- snippet: (\S+) -->$")]
    private static partial Regex SnippetMarker();

    [GeneratedRegex(@"^#{1,6} (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[[^\]]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchor();

    /// <param name="Language">The word behind the fence.</param>
    /// <param name="Snippet">The name in the marker on the line before.</param>
    internal sealed record CodeBlock(string Language, string? Snippet)
    {
        public List<string> Lines { get; } = [];

        public string Text => string.Join('\n', Lines);
    }
}
