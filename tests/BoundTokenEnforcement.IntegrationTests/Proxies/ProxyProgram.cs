using System.Reflection;
using System.Runtime.InteropServices;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A proxy of <c>samples/Proxies</c>, and how it is started as the README there says.</summary>
/// <param name="Name">As in the table of results.</param>
/// <param name="Executable">The name of the program.</param>
/// <param name="ConfigurationPath">The file that people copy.</param>
/// <param name="Format">What the configuration sends.</param>
/// <param name="Header">And in which field.</param>
internal sealed record ProxyProgram(string Name, string Executable, string ConfigurationPath, ForwardedCertificateFormat Format, string Header)
{
    internal static readonly ProxyProgram Nginx = new("nginx", "nginx", Sample("nginx.conf"), ForwardedCertificateFormat.EscapedPem, "X-Client-Cert")
    {
        // In the foreground, and as one process that can be ended.
        Arguments = folder => ["-p", folder, "-c", Path.Combine(folder, "nginx.conf"), "-g", "daemon off; master_process off;"],
    };

    internal static readonly ProxyProgram HAProxy = new("HAProxy", "haproxy", Sample("haproxy.cfg"), ForwardedCertificateFormat.Base64Der, "X-Client-Cert")
    {
        Arguments = _ => ["-db", "-f", "haproxy.cfg"],
    };

    internal static readonly ProxyProgram Apache = new("Apache", "apache2", Sample("apache.conf"), ForwardedCertificateFormat.SpacedPem, "X-Client-Cert")
    {
        Arguments = folder => ["-d", folder, "-f", Path.Combine(folder, "apache.conf"), "-DFOREGROUND"],
        Needs = ["/usr/lib/apache2/modules/mod_ssl.so"],
    };

    internal static readonly ProxyProgram Yarp = new("YARP", Dotnet, Beside(YarpAssembly, "appsettings.json"), ForwardedCertificateFormat.ClientCert, "Client-Cert")
    {
        Arguments = _ => [YarpAssembly],
    };

    internal static IReadOnlyList<ProxyProgram> All => [Nginx, HAProxy, Apache, Yarp];

    /// <summary>What follows the program's name, for a configuration in this folder, which is also the working directory.</summary>
    internal required Func<string, IEnumerable<string>> Arguments { get; init; }

    /// <summary>Files that it does not run without.</summary>
    internal IReadOnlyList<string> Needs { get; init; } = [];

    private static string Dotnet => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet"));

    private static string YarpAssembly => Path.GetFullPath(
        typeof(ProxyProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Yarp").Value!,
        AppContext.BaseDirectory);

    /// <summary>Where the program is; <see langword="null"/> if it is not on this machine.</summary>
    internal string? Find()
    {
        // The folders of servers are not in everybody's path.
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Append("/usr/sbin").Append("/usr/local/sbin");
        return Needs.All(File.Exists) ? folders.Select(folder => Path.Combine(folder, Executable)).FirstOrDefault(File.Exists) : null;
    }

    public override string ToString() => Name;

    private static string Sample(string file) => Path.Combine(AppContext.BaseDirectory, "Proxies", file);

    private static string Beside(string path, string file) => Path.Combine(Path.GetDirectoryName(path)!, file);
}
