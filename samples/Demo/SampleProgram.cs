using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Demo;

/// <summary>How to start the other samples as anybody would: as programs that are told everything by environment variables.</summary>
internal static class SampleProgram
{
    public static ProcessStartInfo StartInfo(string name, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> configuration)
    {
        var assembly = PathOf(name);
        var start = new ProcessStartInfo(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"), [assembly, .. arguments])
        {
            // Where its appsettings.json would be looked for: not in the folder that the Demo happens to run in.
            WorkingDirectory = Path.GetDirectoryName(assembly),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in configuration)
        {
            start.Environment[key] = value;
        }

        return start;
    }

    /// <summary>Where the program is.</summary>
    public static string PathOf(string name)
    {
        var metadata = typeof(SampleProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().SingleOrDefault(metadata => metadata.Key == name);
        return metadata?.Value is { } path
            ? Path.GetFullPath(path, AppContext.BaseDirectory)
            : throw new DemoFailedException($"The Demo was built without {name}.");
    }
}
