using BoundTokenEnforcement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a client for protected resource metadata that can be used without a guard.</summary>
public static class ProtectedResourceMetadataClientServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IProtectedResourceMetadataClient"/> with its defaults: nothing on this machine or in private networks is called.</summary>
    /// <param name="services">The services.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is <see langword="null"/>.</exception>
    public static IServiceCollection AddProtectedResourceMetadataClient(this IServiceCollection services) =>
        services.AddProtectedResourceMetadataClient(static _ => { });

    /// <summary>Adds <see cref="IProtectedResourceMetadataClient"/>. Guarded clients do not use it: each keeps its own metadata.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">How it connects, and what it believes.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static IServiceCollection AddProtectedResourceMetadataClient(
        this IServiceCollection services, Action<ProtectedResourceMetadataClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<ProtectedResourceMetadataClientOptions>().Configure(configure).ValidateOnStart();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GuardTelemetry>();
        services.TryAddSingleton<EnforcementHistory>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<ProtectedResourceMetadataClientOptions>, ProtectedResourceMetadataClientOptionsValidator>());
        services.TryAddSingleton<IProtectedResourceMetadataClient>(Create);
        return services;
    }

    private static ProtectedResourceMetadataClient Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<IOptions<ProtectedResourceMetadataClientOptions>>().Value;
        var clock = provider.GetRequiredService<TimeProvider>();
        var allowLoopback = options.AllowLoopback ?? provider.GetService<IHostEnvironment>()?.IsDevelopment() ?? false;
        var certificates = options.ClientCertificates ?? (options.ClientCertificate is { } fixedOne ? new FixedClientCertificate(fixedOne) : null);
        var transport = new MetadataTransport(
            options.Trust!,
            new Transport(new AllowedAddresses(allowLoopback, options.AllowPrivateNetworks), proxy: null),
            certificates is null ? null : new CurrentClientCertificate(certificates, clock, options.CopiedChain),
            clock);
        return new ProtectedResourceMetadataClient(options.Metadata, transport, provider.GetRequiredService<EnforcementHistory>(), clock, provider.GetRequiredService<GuardTelemetry>());
    }
}
