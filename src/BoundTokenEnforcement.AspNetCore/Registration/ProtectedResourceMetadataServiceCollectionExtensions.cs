using BoundTokenEnforcement;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Describes this API to clients.</summary>
public static class ProtectedResourceMetadataServiceCollectionExtensions
{
    /// <inheritdoc cref="AddProtectedResourceMetadata(IServiceCollection, Action{ProtectedResourceMetadataOptions})"/>
    public static IServiceCollection AddProtectedResourceMetadata(this IServiceCollection services) =>
        services.AddProtectedResourceMetadata(static _ => { });

    /// <summary>
    /// Describes this API to clients (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-2">RFC 9728</see>) and names the description in
    /// every challenge. Publish it with
    /// <see cref="Microsoft.AspNetCore.Builder.BoundTokenEndpointRouteBuilderExtensions.MapProtectedResourceMetadata"/>.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration section <c>ProtectedResource</c> was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static IServiceCollection AddProtectedResourceMetadata(this IServiceCollection services, Action<ProtectedResourceMetadataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        var options = services.AddOptions<ProtectedResourceMetadataOptions>();
        if (services.AddResource(Options.Options.DefaultName))
        {
            options.BindConfiguration(ProtectedResourceMetadataOptions.SectionName).ValidateOnStart();
        }

        options.Configure(configure);
        return services;
    }

    /// <summary>
    /// Describes one of several resources of this host. A challenge names the metadata of the resource with the longest path that covers the request,
    /// and no metadata if none does; the host that a request names has no say.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="name">The name of the resource in this application. Clients do not see it.</param>
    /// <param name="configure">Runs after the configuration section <c>ProtectedResources:{name}</c> was read.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public static IServiceCollection AddProtectedResourceMetadata(
        this IServiceCollection services, string name, Action<ProtectedResourceMetadataOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);

        var options = services.AddOptions<ProtectedResourceMetadataOptions>(name);
        if (services.AddResource(name))
        {
            options.BindConfiguration($"{ProtectedResourceMetadataOptions.NamedSectionName}:{name}").ValidateOnStart();
        }

        options.Configure(configure);
        return services;
    }

    /// <returns>Whether it is a new one. Reading the settings of the same resource twice would double its lists.</returns>
    private static bool AddResource(this IServiceCollection services, string name)
    {
        var resource = new ResourceName(name);
        if (services.Any(service => resource.Equals(service.ImplementationInstance)))
        {
            return false;
        }

        services.AddSingleton(resource);
        if (services.Any(static service => service.ServiceType == typeof(PublishedMetadata)))
        {
            return true;
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IValidateOptions<ProtectedResourceMetadataOptions>, ProtectedResourceMetadataOptionsValidator>();
        services.AddSingleton<IValidateOptions<UniqueMetadataPaths>, UniqueMetadataPathsValidator>();
        services.AddOptions<UniqueMetadataPaths>().ValidateOnStart();
        services.AddSingleton<PublishedMetadata>();
        services.AddSingleton<ResourceMetadataUrl>(static services => services.GetRequiredService<PublishedMetadata>().UrlFor);
        services.AddSingleton<MetadataRouteAudit>();
        services.AddSingleton<MetadataProbe>();
        services.AddHostedService<PublishMetadata>();
        return true;
    }
}
