using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>What it takes to guard the JwtBearer schemes, and to make them cheaper.</summary>
internal static class JwtBearerEnforcement
{
    internal static void AddJwtBearerEnforcement(this IServiceCollection services)
    {
        services.AddSingleton(new JwtBearerRegistrations(services));
        services.AddSingleton<IPostConfigureOptions<AuthenticationOptions>, ReplaceJwtBearerHandlers>();
        services.AddTransient<BoundJwtBearerHandler>();
        services.AddSingleton<JwtBearerLoggers>();
        services.AddSingleton<JwtBearerForwarding>();
        services.AddFetchedKeys();
    }

    private static void AddFetchedKeys(this IServiceCollection services)
    {
        services.AddSingleton<KeyTelemetry>();

        // In front of the framework's own, wherever that stands: what the application sets before it shall still count. If JwtBearer is added later, this
        // comes before whatever the application puts between the two.
        var framework = services.FirstOrDefault(static service =>
            service.ServiceType == typeof(IPostConfigureOptions<JwtBearerOptions>) && !service.IsKeyedService && service.ImplementationType == typeof(JwtBearerPostConfigureOptions));
        services.Insert(
            framework is null ? services.Count : services.IndexOf(framework),
            ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, SigningKeyPostConfigureOptions>());
    }

    internal static void AddTokenMemory(this IServiceCollection services)
    {
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, SignatureCachePostConfigureOptions>();
        services.AddSingleton<ValidatedIdentities>();
    }
}
