using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Tests;

/// <summary>What holds for every library, so that nobody has to look for it in a review.</summary>
public sealed partial class ConventionTests
{
    private static readonly Assembly Core = typeof(CertificateBinding).Assembly;
    private static readonly Assembly[] Libraries = [Core, typeof(BoundTokenEnforcementOptions).Assembly, typeof(BoundTokenGuardOptions).Assembly, typeof(BoundTokenMint).Assembly, typeof(BoundTokenOpenApiOptionsExtensions).Assembly];

    // Where users look for extension methods without a using of ours.
    private static readonly string[] ExtensionNamespaces =
        ["Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http"];

    public static TheoryData<string> PublicTypes =>
        [.. Libraries.SelectMany(library => library.GetExportedTypes()).Select(type => type.AssemblyQualifiedName!)];

    public static TheoryData<string> Sources =>
        [.. Repository.SourcesBelow(Repository.PathOf("src")).Select(file => Path.GetRelativePath(Repository.Root, file))];

    public static TheoryData<BindingFailure> Failures => [.. Enum.GetValues<BindingFailure>()];

    [Fact]
    public void Libraries_AreAllChecked() => Assert.Equal(
        Directory.EnumerateFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories)
            .Where(project => !File.ReadAllText(project).Contains("<PackAsTool>", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension).Order(),
        Libraries.Select(library => library.GetName().Name).Order());

    // An application may need several of our packages, and could then name neither of the two.
    [Fact]
    public void PublicType_Name_IsThereOnce() => Assert.Empty(
        Libraries.SelectMany(library => library.GetExportedTypes()).GroupBy(type => type.FullName).Where(types => types.Count() > 1).Select(types => types.Key));

    [Theory]
    [MemberData(nameof(PublicTypes))]
    public void PublicType_CannotBeInheritedUnlessInterface(string name)
    {
        var type = Type.GetType(name, throwOnError: true)!;
        Assert.True(type.IsSealed || type.IsInterface || type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).All(static c => c.IsFamilyAndAssembly));
    }

    [Theory]
    [MemberData(nameof(PublicTypes))]
    public void PublicType_Namespace_IsTheOneOrWhereExtensionsAreExpected(string name)
    {
        var type = Type.GetType(name, throwOnError: true)!;
        Assert.True(type.Namespace == "BoundTokenEnforcement" || (IsExtensionClass(type) && ExtensionNamespaces.Contains(type.Namespace)));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Source_Namespace_IsTheOneOrWhereExtensionsAreExpected(string file)
    {
        var found = Assert.Single(FileScopedNamespace().Matches(File.ReadAllText(Repository.PathOf(file)))).Groups[1].Value;
        Assert.True(found == "BoundTokenEnforcement" || (file.EndsWith("Extensions.cs", StringComparison.Ordinal) && ExtensionNamespaces.Contains(found)));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Source_OutsideTheJwtBearerFolder_NamesNoJwtBearerType(string file)
    {
        var names = JwtBearerTypesIn(Code(File.ReadAllText(Repository.PathOf(file))));
        if (!file.Contains(Path.Combine("BoundTokenEnforcement.AspNetCore", "JwtBearer") + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            && !file.Contains(Path.Combine("BoundTokenEnforcement.Testing", "JwtBearer") + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            Assert.Empty(names);
        }
    }

    [Fact]
    public void JwtBearerTypesIn_CodeThatNamesThem_AreFound()
    {
        Assert.Equal(["JwtBearerOptions"], JwtBearerTypesIn("void M(JwtBearerOptions o) { }"));
        Assert.Equal(["AddJwtBearer"], JwtBearerTypesIn("builder.AddJwtBearer();"));
        Assert.Equal(["Microsoft.AspNetCore.Authentication.JwtBearer"], JwtBearerTypesIn("using Microsoft.AspNetCore.Authentication.JwtBearer;"));
        Assert.Empty(JwtBearerTypesIn(Code("/// <c>JwtBearerOptions</c>\nclass GuardJwtBearerOptions { } // JwtBearerOptions")));
        Assert.Contains(
            Repository.SourcesBelow(Repository.PathOf("src", "BoundTokenEnforcement.AspNetCore", "JwtBearer")),
            file => JwtBearerTypesIn(Code(File.ReadAllText(file))).Count > 0);
    }

    [Fact]
    public void Core_References_OnlyTheRuntime()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        Assert.All(Core.GetReferencedAssemblies(), reference => Assert.True(File.Exists(Path.Combine(runtime, reference.Name + ".dll")), reference.Name));

        var project = XDocument.Load(Repository.PathOf("src", "BoundTokenEnforcement", "BoundTokenEnforcement.csproj"));
        Assert.DoesNotContain(project.Descendants(), element => element.Name.LocalName is "PackageReference" or "FrameworkReference" or "ProjectReference");
    }

    [Fact]
    public void BindingFailure_Numbers_AreWrittenOutAndUnique()
    {
        var written = NumberedMember().Matches(FailureSource()).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);

        Assert.Equal(Enum.GetValues<BindingFailure>().ToDictionary(failure => failure.ToString(), failure => failure.ToString("D")), written);
        Assert.Equal(written.Count, written.Values.Distinct().Count());
        Assert.Equal(Enum.GetNames<BindingFailure>().Length, Enum.GetValues<BindingFailure>().Distinct().Count());
    }

    // The list itself, a second time: a number in logs and dashboards means the same for ever.
    [Theory]
    [InlineData(0, BindingFailure.Unexpected)]
    [InlineData(1, BindingFailure.TokenUnbound)]
    [InlineData(2, BindingFailure.CertificateMissing)]
    [InlineData(3, BindingFailure.CertificateMismatch)]
    [InlineData(4, BindingFailure.ConfirmationMalformed)]
    [InlineData(5, BindingFailure.ThumbprintMalformed)]
    [InlineData(6, BindingFailure.MethodUnsupported)]
    [InlineData(7, BindingFailure.DuplicateMember)]
    [InlineData(8, BindingFailure.PayloadUnreadable)]
    [InlineData(9, BindingFailure.ValidatedTokenMissing)]
    [InlineData(10, BindingFailure.TokenTypeUnknown)]
    [InlineData(11, BindingFailure.PipelineBypassed)]
    [InlineData(12, BindingFailure.RequestMalformed)]
    [InlineData(13, BindingFailure.SchemeNotEnforced)]
    [InlineData(14, BindingFailure.CertificateUntrusted)]
    [InlineData(15, BindingFailure.RequestMisdirected)]
    [InlineData(16, BindingFailure.TokenHeaderUnacceptable)]
    [InlineData(17, BindingFailure.ForwarderUntrusted)]
    [InlineData(18, BindingFailure.ForwardedCertificateMalformed)]
    [InlineData(19, BindingFailure.ConnectNotAllowed)]
    [InlineData(20, BindingFailure.TokenTextAmbiguous)]
    [InlineData(21, BindingFailure.ForwardedCertificateUnconfirmed)]
    [InlineData(22, BindingFailure.CertificateNotAllowed)]
    public void BindingFailure_Number_NeverChanges(int number, BindingFailure failure) => Assert.Equal(number, (int)failure);

    [Theory]
    [MemberData(nameof(Failures))]
    public void BindingFailure_Member_SaysWhatItMeans(BindingFailure failure) =>
        Assert.Matches($@"</summary>\n    {failure} = {failure:D},", FailureSource());

    [Fact]
    public void SecurityDefaults_OfEnums_AreTheStrictOnes()
    {
        Assert.Equal(nameof(BindingRequirement.Required), default(BindingRequirement).ToString());
        Assert.Equal(nameof(BindingOutcome.Refused), default(BindingOutcome).ToString());
        Assert.Equal(nameof(BindingFailure.Unexpected), default(BindingFailure).ToString());
        Assert.Equal(nameof(EnforcementMode.Enforce), default(EnforcementMode).ToString());
        Assert.Equal(nameof(AuditFailureBehavior.StopHost), default(AuditFailureBehavior).ToString());
        Assert.Equal(nameof(ForwardedCertificateReading.Malformed), default(ForwardedCertificateReading).ToString());
        Assert.Equal(nameof(ForwardedCertificateFormat.None), default(ForwardedCertificateFormat).ToString());
    }

    // AC-027. What a clock cannot show on a shared machine, the source can.
    [Fact]
    [Requirement("AC-027")]
    public void CertificateThumbprint_Equality_IsFixedTime() => Assert.Contains(
        "CryptographicOperations.FixedTimeEquals(",
        Code(File.ReadAllText(Repository.PathOf("src", "BoundTokenEnforcement", "Confirmation", "CertificateThumbprint.cs"))),
        StringComparison.Ordinal);

    private static string FailureSource() => File.ReadAllText(Repository.PathOf("src", "BoundTokenEnforcement", "Confirmation", "BindingFailure.cs"));

    private static bool IsExtensionClass(Type type) =>
        type.IsAbstract && type.IsSealed && type.Name.EndsWith("Extensions", StringComparison.Ordinal);

    private static List<string> JwtBearerTypesIn(string code)
    {
        var names = typeof(JwtBearerOptions).Assembly.GetExportedTypes().Select(type => type.Name).Append("AddJwtBearer").Append(typeof(JwtBearerOptions).Namespace!);
        return [.. names.Where(name => Regex.IsMatch(code, $@"(?<![\w]){Regex.Escape(name)}(?![\w])"))];
    }

    private static string Code(string source) => Comment().Replace(source, string.Empty);

    [GeneratedRegex(@"^namespace ([\w.]+);\r?$", RegexOptions.Multiline)]
    private static partial Regex FileScopedNamespace();

    [GeneratedRegex(@"^    (\w+) = (\d+),\r?$", RegexOptions.Multiline)]
    private static partial Regex NumberedMember();

    [GeneratedRegex(@"(?<!:)//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();
}
