using BoundTokenEnforcement;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Makes certificate-bound access tokens mean something.</summary>
public static class BoundTokenServiceCollectionExtensions
{
    /// <inheritdoc cref="AddBoundTokenEnforcement(IServiceCollection, Action{BoundTokenEnforcementOptions})"/>
    public static BoundTokenEnforcementBuilder AddBoundTokenEnforcement(this IServiceCollection services) =>
        services.AddBoundTokenEnforcement(static _ => { });

    /// <summary>
    /// Enforces the binding of access tokens to client certificates
    /// (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-3">RFC 8705 §3</see>) in every JwtBearer scheme, wherever in the code it is
    /// added, and lets Kestrel's TLS listeners ask for client certificates.
    /// </summary>
    /// <remarks>
    /// The application's own JwtBearer configuration stays as it is and still validates signature, lifetime, issuer and audience. Schemes of
    /// other handlers, among them subclasses of <c>JwtBearerHandler</c>, are not guarded: they must be named
    /// (<see cref="BoundTokenEnforcementOptions.AcceptsNoAccessTokens"/>, <see cref="BoundTokenEnforcementOptions.VerifiesBindings"/>,
    /// <see cref="BoundTokenEnforcementOptions.ExemptScheme"/>, <see cref="BoundTokenEnforcementOptions.EnforcedByHandler"/> or
    /// <see cref="BoundTokenEnforcementOptions.ReportOnly"/>), or the host does not start (in development, and in report-only mode, it warns). The success of one that is not named
    /// (added at run time, or with <see cref="AuditFailureBehavior.Log"/>) is refused, whatever the request carries. Call this after an <c>IAuthenticationService</c> of the application's own was registered.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Runs after the configuration section <c>BoundTokens</c> was read.</param>
    /// <returns>A builder for what can be added to the enforcement.</returns>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    public static BoundTokenEnforcementBuilder AddBoundTokenEnforcement(this IServiceCollection services, Action<BoundTokenEnforcementOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);

        if (services.Any(static service => service.ServiceType == typeof(BindingEnforcer)))
        {
            // Reading the settings again would undo what code said before.
            services.Configure(configure);
            return new BoundTokenEnforcementBuilder(services);
        }

        // Not ValidateOnStart, which leaves a monitor behind that throws when a bad configuration is reloaded. The policy validates: no host starts without it.
        services.AddOptions<BoundTokenEnforcementOptions>()
            .BindConfiguration(BoundTokenEnforcementOptions.SectionName)
            .Configure(configure);
        services.AddSingleton<IValidateOptions<BoundTokenEnforcementOptions>, BoundTokenEnforcementOptionsValidator>();
        services.AddSingleton<EnforcementPolicy>();
        services.AddSingleton<BindingEnforcer>();
        services.AddSingleton<EnforcementStatus>();
        services.AddSingleton<SchemeStatus>();
        services.AddSingleton<EndpointStatus>();
        services.AddSingleton<ChallengeWriter>();
        services.AddCertificates();
        services.AddSchemes();
        services.AddTelemetry();
        services.AddEndpointRequirements();
        services.AddAudit();
        return new BoundTokenEnforcementBuilder(services);
    }

    private static void AddCertificates(this IServiceCollection services)
    {
        services.AddSingleton<ClientCertificateAvailability>();
        services.AddSingleton<ReplacedCertificate>();

        // First of all: what stands before us could put another certificate in place, or be put in our place by us.
        services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, BindingStartupFilter>());
        services.Insert(0, ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, ConfigureListeners>());
    }

    private static void AddSchemes(this IServiceCollection services)
    {
        services.AddJwtBearerEnforcement();
        services.AddSingleton<UnverifiedTicketPolicy>();
        services.AddSingleton<ChallengePolicy>();

        // Now, so that a later AddAuthentication finds our service and leaves it.
        services.AddAuthentication();
        var inner = services.Last(static service => service.ServiceType == typeof(IAuthenticationService) && !service.IsKeyedService);
        services.Add(inner.WithKey(BoundAuthenticationService.InnerKey));
        services.AddSingleton<IAuthenticationService, BoundAuthenticationService>();
    }

    private static void AddTelemetry(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<BoundTokenMetrics>();
        services.AddSingleton<DecisionTelemetry>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<RejectionLogLimiter>();
    }

    private static void AddEndpointRequirements(this IServiceCollection services)
    {
        services.AddSingleton<IConfigureOptions<AuthorizationOptions>, ConfigureAuthorization>();
        services.AddSingleton<IAuthorizationHandler, BoundTokenRequirementHandler>();
    }

    private static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<SchemeAudit>();
        services.AddSingleton<EndpointAudit>();
        services.AddSingleton<ListenerAudit>();
        services.AddSingleton<ForwardingAudit>();
        services.AddSingleton<CertificateAudit>();
        services.AddSingleton<IBoundTokenAudit, BoundTokenAudit>();
        services.AddHostedService<StartupAudit>();
    }

    private static ServiceDescriptor WithKey(this ServiceDescriptor service, object key) => service switch
    {
        { ImplementationType: { } type } => ServiceDescriptor.DescribeKeyed(service.ServiceType, key, type, service.Lifetime),
        { ImplementationFactory: { } create } => ServiceDescriptor.DescribeKeyed(service.ServiceType, key, (services, _) => create(services), service.Lifetime),
        _ => ServiceDescriptor.KeyedSingleton(service.ServiceType, key, service.ImplementationInstance!),
    };
}
