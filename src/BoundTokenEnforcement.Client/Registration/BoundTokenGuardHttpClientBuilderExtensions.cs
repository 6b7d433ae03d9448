using BoundTokenEnforcement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Guards an <see cref="HttpClient"/> that carries certificate-bound access tokens.</summary>
public static class BoundTokenGuardHttpClientBuilderExtensions
{
    /// <summary>
    /// Lets this client send requests only to the configured resource, only after the resource has said that it supports bound tokens, and only
    /// over connections on which it asked for our certificate. The guard becomes the client's primary handler; all other handlers stand before it.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="configure">The resource, the certificate and the issuers.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    /// <exception cref="InvalidOperationException">
    /// The builder stands for all clients (<c>ConfigureHttpClientDefaults</c>), or the client has a guard already. Also at first use of the client, if
    /// its primary handler was replaced, or a handler filter of the application stands before the guard's.
    /// </exception>
    public static IHttpClientBuilder AddBoundTokenGuard(this IHttpClientBuilder builder, Action<BoundTokenGuardOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.OptionsOfOneClient().Configure(configure).ValidateOnStart();
        return builder.AddGuard();
    }

    /// <inheritdoc cref="AddBoundTokenGuard(IHttpClientBuilder, Action{BoundTokenGuardOptions})" path="/summary|/remarks|/exception"/>
    /// <param name="builder">The client.</param>
    /// <param name="section">The configuration section with the resource and the issuers.</param>
    /// <param name="configure">Runs after the section was read; gives the certificate.</param>
    public static IHttpClientBuilder AddBoundTokenGuard(
        this IHttpClientBuilder builder, IConfiguration section, Action<BoundTokenGuardOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(configure);
        builder.OptionsOfOneClient()
            .Configure(options => GuardSettings.Read(section, options))
            .Configure(configure)
            .ValidateOnStart();
        return builder.AddGuard();
    }

    private static OptionsBuilder<BoundTokenGuardOptions> OptionsOfOneClient(this IHttpClientBuilder builder)
    {
        if (builder.Name is null)
        {
            throw new InvalidOperationException("A guard belongs to one client with one resource. Call AddBoundTokenGuard() on AddHttpClient(), not in ConfigureHttpClientDefaults().");
        }

        // Two would mix: the resource of one, the issuers of both.
        return builder.Services.Any(service => service.ServiceType == typeof(GuardRegistration) && Equals(service.ServiceKey, builder.Name))
            ? throw new InvalidOperationException($"The HttpClient '{builder.Name}' has a guard already.")
            : builder.Services.AddOptions<BoundTokenGuardOptions>(builder.Name);
    }

    private static IHttpClientBuilder AddGuard(this IHttpClientBuilder builder)
    {
        var (services, name) = (builder.Services, builder.Name);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<GuardTelemetry>();
        services.TryAddSingleton<EnforcementHistory>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BoundTokenGuardOptions>, BoundTokenGuardOptionsValidator>());
        services.AddKeyedSingleton<GuardRegistration>(name);
        services.Configure<GuardedClients>(clients => clients.Names.Add(name));

        // Last of the client's own actions. The filter below also sees what other filters did, but can be removed with them.
        services.PostConfigure<HttpClientFactoryOptions>(name, static client => client.HttpMessageHandlerBuilderActions.Add(GuardInPlaceFilter.Require));
        services.TryAddKeyedSingleton(name, (provider, _) => CreateGuard(provider, name));

        // First of all filters, so that it sees the client as every other one has left it.
        if (!services.Any(static service => service.ImplementationType == typeof(GuardInPlaceFilter)))
        {
            services.Insert(0, ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, GuardInPlaceFilter>());
        }

        return builder
            .ConfigurePrimaryHttpMessageHandler(provider => new BoundTokenGuardHandler(
                provider.GetRequiredKeyedService<BoundTokenGuard>(name), provider.GetRequiredService<GuardTelemetry>()))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan);
    }

    private static BoundTokenGuard CreateGuard(IServiceProvider provider, string name)
    {
        // One that stands before ours would see the client after us, and could still replace the guard.
        if (provider.GetServices<IHttpMessageHandlerBuilderFilter>().FirstOrDefault() is { } first and not GuardInPlaceFilter)
        {
            throw new InvalidOperationException($"The filter {first.GetType()} stands before the one of AddBoundTokenGuard(). Add it behind.");
        }

        var options = provider.GetRequiredService<IOptionsMonitor<BoundTokenGuardOptions>>().Get(name).Validated!;
        var clock = provider.GetRequiredService<TimeProvider>();
        var allowLoopback = options.AllowLoopback ?? provider.GetService<IHostEnvironment>()?.IsDevelopment() ?? false;
        var connections = new Transport(new AllowedAddresses(allowLoopback, options.AllowPrivateNetworks), options.Connections.Proxy);
        var certificate = new CurrentClientCertificate(options.ClientCertificates ?? new FixedClientCertificate(options.ClientCertificate!), clock, options.CopiedChain);
        var transport = new MetadataTransport(options.Trust!, connections, certificate, clock);
        var metadata = new ProtectedResourceMetadataClient(options.Metadata, transport, provider.GetRequiredService<EnforcementHistory>(), clock, provider.GetRequiredService<GuardTelemetry>());
        return new BoundTokenGuard(options, certificate, metadata, connections, clock);
    }
}
