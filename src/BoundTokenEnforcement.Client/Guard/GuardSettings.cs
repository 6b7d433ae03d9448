using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement;

/// <summary>What of the guard's options can stand in a configuration file: everything but certificates, keys and callbacks.</summary>
internal static class GuardSettings
{
    internal static void Read(IConfiguration section, BoundTokenGuardOptions options)
    {
        options.Resource = section[nameof(options.Resource)] ?? options.Resource;
        foreach (var issuer in section.GetSection(nameof(options.AllowedIssuers)).GetChildren())
        {
            options.AllowedIssuers.Add(issuer.Value ?? string.Empty);
        }

        options.AllowLoopback = section.GetValue(nameof(options.AllowLoopback), options.AllowLoopback);
        options.AllowPrivateNetworks = section.GetValue(nameof(options.AllowPrivateNetworks), options.AllowPrivateNetworks);
        Read(section.GetSection(nameof(options.Metadata)), options.Metadata);
    }

    private static void Read(IConfiguration section, MetadataDiscoveryOptions options)
    {
        options.Issuer = section[nameof(options.Issuer)] ?? options.Issuer;
        options.MinLifetime = section.GetValue(nameof(options.MinLifetime), options.MinLifetime);
        options.MaxLifetime = section.GetValue(nameof(options.MaxLifetime), options.MaxLifetime);
        options.FailureLifetime = section.GetValue(nameof(options.FailureLifetime), options.FailureLifetime);
    }
}
