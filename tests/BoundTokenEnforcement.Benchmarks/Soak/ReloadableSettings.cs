using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Configuration that is changed while the host runs.</summary>
internal sealed class ReloadableSettings : ConfigurationProvider, IConfigurationSource
{
    private int _reloads;

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

    /// <summary>Other values than before. Neither changes who gets in.</summary>
    internal void ReloadValid()
    {
        Data.Remove(Key(nameof(BoundTokenEnforcementOptions.Requirement)));
        Data.Remove(Key(nameof(BoundTokenEnforcementOptions.Mode)));
        Data[Key(nameof(BoundTokenEnforcementOptions.RejectMisdirectedRequests))] = (_reloads++ % 2 == 0).ToString();
        OnReload();
    }

    /// <summary>A value that would let everybody in, beside one that makes no sense: neither may take effect.</summary>
    internal void ReloadInvalid()
    {
        Data[Key(nameof(BoundTokenEnforcementOptions.Mode))] = nameof(EnforcementMode.ReportOnly);
        Data[Key(nameof(BoundTokenEnforcementOptions.Requirement))] = _reloads++ % 2 == 0 ? "Sometimes" : "42";
        OnReload();
    }

    private static string Key(string name) => $"{BoundTokenEnforcementOptions.SectionName}:{name}";
}
