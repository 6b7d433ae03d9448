using System.Net;
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
        Read(section.GetSection(nameof(options.Connections)), options.Connections);
    }

    // What is no URL is left to the validator.
    private static WebProxy ProxyOf(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) ? new WebProxy(address) : new WebProxy();

    private static void Read(IConfiguration section, GuardedConnectionOptions options)
    {
        options.ConnectTimeout = section.GetValue(nameof(options.ConnectTimeout), options.ConnectTimeout);
        options.PooledConnectionLifetime = section.GetValue(nameof(options.PooledConnectionLifetime), options.PooledConnectionLifetime);
        options.PooledConnectionIdleTimeout = section.GetValue(nameof(options.PooledConnectionIdleTimeout), options.PooledConnectionIdleTimeout);
        options.MaxConnectionsPerServer = section.GetValue(nameof(options.MaxConnectionsPerServer), options.MaxConnectionsPerServer);
        options.EnableMultipleHttp2Connections = section.GetValue(nameof(options.EnableMultipleHttp2Connections), options.EnableMultipleHttp2Connections);
        options.KeepAlivePingDelay = section.GetValue(nameof(options.KeepAlivePingDelay), options.KeepAlivePingDelay);
        options.KeepAlivePingTimeout = section.GetValue(nameof(options.KeepAlivePingTimeout), options.KeepAlivePingTimeout);
        options.KeepAlivePingPolicy = section.GetValue(nameof(options.KeepAlivePingPolicy), options.KeepAlivePingPolicy);
        options.MaxResponseHeadersLength = section.GetValue(nameof(options.MaxResponseHeadersLength), options.MaxResponseHeadersLength);
        options.AutomaticDecompression = section.GetValue(nameof(options.AutomaticDecompression), options.AutomaticDecompression);
        options.Proxy = section[nameof(options.Proxy)] is { } proxy ? ProxyOf(proxy) : options.Proxy;
    }

    private static void Read(IConfiguration section, MetadataDiscoveryOptions options)
    {
        options.Issuer = section[nameof(options.Issuer)] ?? options.Issuer;
        options.MinLifetime = section.GetValue(nameof(options.MinLifetime), options.MinLifetime);
        options.MaxLifetime = section.GetValue(nameof(options.MaxLifetime), options.MaxLifetime);
        options.FailureLifetime = section.GetValue(nameof(options.FailureLifetime), options.FailureLifetime);
    }
}
