using System.Text.RegularExpressions;
using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Assembly = System.Reflection.Assembly;

namespace BoundTokenEnforcement.Tests.Architecture;

/// <summary>
/// The folders of a library are its layers: a type may use types of its own folder and of those that stand before it in the list. Read from the compiled assembly, so
/// that extension methods and bodies of methods count.
/// </summary>
public sealed partial class LayerTests
{
    // From the bottom to the top. A new folder gets its place here.
    private static readonly Dictionary<string, (Assembly Assembly, string[] Layers)> Libraries = new()
    {
        ["BoundTokenEnforcement"] = (typeof(CertificateBinding).Assembly, ["Urls", "Confirmation", "Binding", "Http", "Metadata", "Forwarding"]),
        ["BoundTokenEnforcement.AspNetCore"] = (
            typeof(BoundTokenEnforcementOptions).Assembly,
            ["Options", "Endpoints", "ClientCertificates", "AccessTokens", "Decisions", "Telemetry", "Enforcement", "Challenges", "SigningKeys", "TokenCache", "JwtBearer", "Pipeline", "Inventory", "Metadata", "Audit", "Registration"]),
        ["BoundTokenEnforcement.Client"] = (
            typeof(BoundTokenGuardOptions).Assembly, ["Refusals", "Certificates", "Telemetry", "Connections", "Fetching", "Metadata", "Guard", "Tokens", "Registration"]),
    };

    public static TheoryData<string> Names => [.. Libraries.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Type_Uses_OnlyLayersBelowItsOwn(string library)
    {
        var (assembly, layers) = Libraries[library];
        var folders = FoldersOf(library);

        var upwards = DependenciesOf(assembly)
            .Where(use => folders.ContainsKey(use.From) && folders.ContainsKey(use.To))
            .Where(use => Array.IndexOf(layers, folders[use.From]) < Array.IndexOf(layers, folders[use.To]))
            .Select(use => $"{folders[use.From]}/{use.From} uses {folders[use.To]}/{use.To}")
            .Distinct();

        Assert.Empty(upwards);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Folders_AreTheLayers(string library) =>
        Assert.Equal(Libraries[library].Layers.Order(), FoldersOf(library).Values.Distinct().Order());

    // Otherwise the rule would hold for types that nobody looks at.
    [Theory]
    [MemberData(nameof(Names))]
    public void Types_AreAllFoundInAFolder(string library)
    {
        var folders = FoldersOf(library);

        Assert.All(
            Libraries[library].Assembly.GetTypes().Where(static type => !type.IsNested && !type.Name.Contains('<', StringComparison.Ordinal) && type.Namespace is { } name && !name.StartsWith("System", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && !name.Contains("Generated", StringComparison.Ordinal) && !name.StartsWith("Microsoft.Extensions.Configuration.Binder", StringComparison.Ordinal)),
            type => Assert.Contains(NameOf(type.Name), folders.Keys));
    }

    // The loader must see what it is asked for: uses that are known, in the body of an extension method and of an asynchronous one.
    [Theory]
    [InlineData("BoundTokenServiceCollectionExtensions", "BindingEnforcer")]
    [InlineData("BindingEnforcer", "CertificateScheme")]
    public void Dependencies_InsideMethods_AreSeen(string from, string to) => Assert.Contains((from, to), DependenciesOf(typeof(BoundTokenEnforcementOptions).Assembly));

    private static IEnumerable<(string From, string To)> DependenciesOf(Assembly assembly) => new ArchLoader()
        .LoadAssembly(assembly)
        .Build()
        .Types
        .Where(type => type.Assembly.Name == assembly.GetName().Name || type.Assembly.Name.StartsWith($"{assembly.GetName().Name},", StringComparison.Ordinal))
        .SelectMany(static type => type.Dependencies.Select(use => (Outermost(type), Outermost(use.Target))))
        .Where(static use => use.Item1 != use.Item2);

    private static string Outermost(IType type) => NameOf(type.FullName.Split('+', '/')[0].Split('.')[^1]);

    private static string NameOf(string name) => name.Split('`')[0];

    private static Dictionary<string, string> FoldersOf(string library)
    {
        var root = Repository.PathOf("src", library);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Repository.SourcesBelow(root))
        {
            foreach (Match type in TopLevelType().Matches(File.ReadAllText(file)))
            {
                var folder = Path.GetRelativePath(root, Path.GetDirectoryName(file)!);
                Assert.True(folders.TryAdd(type.Groups[1].Value, folder) || folders[type.Groups[1].Value] == folder, $"{type.Groups[1].Value} stands in two folders.");
            }
        }

        return folders;
    }

    [GeneratedRegex(@"^(?:public|internal) (?:[\w]+ )*?(?:class|struct|interface|enum|record|delegate [\w?]+)(?: struct)? ([A-Z]\w+)", RegexOptions.Multiline)]
    private static partial Regex TopLevelType();
}
