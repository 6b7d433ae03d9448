namespace BoundTokenEnforcement.Tests;

/// <summary>The checked-out files, for tests about the source and for vectors.</summary>
internal static class Repository
{
    internal static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    internal static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The C# files below <paramref name="directory"/>, without what a build leaves there.</summary>
    internal static IEnumerable<string> SourcesBelow(string directory) =>
        Directory.EnumerateFiles(directory, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(directory, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static string FindRoot(string directory)
    {
        for (var at = new DirectoryInfo(directory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "BoundTokenEnforcement.sln")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No BoundTokenEnforcement.sln above {directory}.");
    }
}
