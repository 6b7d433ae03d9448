using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Settings that are replaced as a whole, as a file is.</summary>
internal sealed class Settings : ConfigurationProvider, IConfigurationSource
{
    internal Settings(params (string Name, string? Value)[] settings) => Data = DataOf(settings);

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Replaces everything, and tells whoever listens. What they threw, they did not throw at us.</summary>
    internal void Replace(params (string Name, string? Value)[] settings)
    {
        Data = DataOf(settings);
        OnReload();
    }

    private static Dictionary<string, string?> DataOf((string Name, string? Value)[] settings) =>
        settings.ToDictionary(setting => $"{BoundTokenEnforcementOptions.SectionName}:{setting.Name}", setting => setting.Value, StringComparer.OrdinalIgnoreCase);
}
