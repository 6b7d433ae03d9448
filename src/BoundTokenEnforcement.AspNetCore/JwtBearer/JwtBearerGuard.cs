using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>What it takes to guard the JwtBearer schemes, and to make them cheaper.</summary>
internal static class JwtBearerGuard
{
    internal static void AddJwtBearerGuard(this IServiceCollection services)
    {
        services.AddSingleton(new JwtBearerRegistrations(services));
        services.AddSingleton<IPostConfigureOptions<AuthenticationOptions>, GuardJwtBearerSchemes>();
        services.AddTransient<BoundJwtBearerHandler>();
        services.AddSingleton<JwtBearerLoggers>();
        services.AddSingleton<JwtBearerForwarding>();
    }

    internal static void AddSignatureMemory(this IServiceCollection services) =>
        services.AddSingleton<IPostConfigureOptions<JwtBearerOptions>, SignatureMemory>();
}
