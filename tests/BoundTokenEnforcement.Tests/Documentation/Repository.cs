namespace BoundTokenEnforcement.Tests.Documentation;

/// <summary>The files of this repository, found upwards from the test assembly.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The documents that are checked, relative to the root.</summary>
    public static IEnumerable<string> Documents() =>
    [
        .. Directory.EnumerateFiles(Root, "*.md").Select(Relative),
        .. Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories).Select(Relative),
        .. Directory.EnumerateFiles(Path.Combine(Root, "src"), "PACKAGE.md", SearchOption.AllDirectories).Select(Relative),
    ];

    public static MarkdownDocument Document(string path) => new(path, File.ReadAllText(Path.Combine(Root, path)));

    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BoundTokenEnforcement.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
