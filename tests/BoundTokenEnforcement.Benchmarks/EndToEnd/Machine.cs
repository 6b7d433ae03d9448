using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Validation;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Where it was measured, and with what.</summary>
internal sealed record Machine(string Processor, int Cores, string System, string Runtime, string JwtBearer, string IdentityModel, string OpenIddict, string BusyBefore)
{
    internal static Machine Current() => new(
        ProcessorName(),
        Environment.ProcessorCount,
        $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
        RuntimeInformation.FrameworkDescription,
        VersionOf(typeof(JwtBearerHandler)),
        VersionOf(typeof(JsonWebTokenHandler)),
        VersionOf(typeof(OpenIddictValidationService)),
        Read("/proc/loadavg")?.Split(' ')[0] ?? "unknown");

    internal string Text =>
        $"{Processor}, {Cores} cores, {System}, {Runtime}, JwtBearer {JwtBearer}, IdentityModel {IdentityModel}, OpenIddict {OpenIddict}; load average before the run {BusyBefore}";

    private static string ProcessorName() =>
        Read("/proc/cpuinfo")?.Split('\n').FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[1] ?? "unknown processor";

    private static string? Read(string path) => File.Exists(path) ? File.ReadAllText(path) : null;

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
