using Microsoft.Extensions.Configuration;

namespace BoundTokenEnforcement;

/// <summary>What of the guard's options can stand in a configuration file: everything but certificates, keys and callbacks.</summary>
internal static class GuardSettings
{
    internal static void Read(IConfiguration section, BoundTokenGuardOptions options)
    {
        options.Resource = section[nameof(options.Resource)] ?? options.Resource;
        options.MetadataIssuer = section[nameof(options.MetadataIssuer)] ?? options.MetadataIssuer;
        foreach (var issuer in section.GetSection(nameof(options.AllowedIssuers)).GetChildren())
        {
            options.AllowedIssuers.Add(issuer.Value ?? string.Empty);
        }

        options.AllowLoopback = section.GetValue(nameof(options.AllowLoopback), options.AllowLoopback);
        options.AllowPrivateNetworks = section.GetValue(nameof(options.AllowPrivateNetworks), options.AllowPrivateNetworks);
        options.MetadataMinLifetime = section.GetValue(nameof(options.MetadataMinLifetime), options.MetadataMinLifetime);
        options.MetadataMaxLifetime = section.GetValue(nameof(options.MetadataMaxLifetime), options.MetadataMaxLifetime);
        options.MetadataFailureLifetime = section.GetValue(nameof(options.MetadataFailureLifetime), options.MetadataFailureLifetime);
    }
}
