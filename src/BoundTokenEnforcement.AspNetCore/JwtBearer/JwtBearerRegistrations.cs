using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>
/// Whether the container would give an application's own handler where JwtBearer's is asked for. It may check more than JwtBearer does, and must not
/// vanish: its schemes are left as they are, and are unknown. Looks at the registrations, because making a handler needs the very options that are
/// being made.
/// </summary>
internal sealed class JwtBearerRegistrations(IServiceCollection services)
{
    internal bool HandlerIsReplaced =>
        services.LastOrDefault(static service => service.ServiceType == typeof(JwtBearerHandler) && !service.IsKeyedService) is { } last
        && last.ImplementationType != typeof(JwtBearerHandler);
}
