using System.Runtime.CompilerServices;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>Each host would watch its settings files, and a machine has few watchers to give. No test changes those files.</summary>
internal static class NoFileWatchers
{
#pragma warning disable CA2255 // Before the first host is built, whichever test builds it.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Set() => Environment.SetEnvironmentVariable("DOTNET_hostBuilder__reloadConfigOnChange", "false");
}
