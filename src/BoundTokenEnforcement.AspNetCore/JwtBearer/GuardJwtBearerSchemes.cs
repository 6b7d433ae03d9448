using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// Puts our handler in the place of JwtBearer's, in every scheme that has it. Runs after all configuration, so the order of the
/// application's calls does not matter.
/// </summary>
internal sealed class GuardJwtBearerSchemes(EnforcementPolicy enforcement, IServiceScopeFactory scopes) : IPostConfigureOptions<AuthenticationOptions>
{
    public void PostConfigure(string? name, AuthenticationOptions options)
    {
        if (IsReplacedInTheContainer())
        {
            return;
        }

        foreach (var scheme in options.Schemes)
        {
            if (scheme.HandlerType == typeof(JwtBearerHandler) && !enforcement.Current.UnguardedSchemes.ContainsKey(scheme.Name))
            {
                scheme.HandlerType = typeof(BoundJwtBearerHandler);
            }
        }
    }

    // A handler of the application's own may check more than JwtBearer does, and must not vanish. The audit then says that its schemes are unknown.
    private bool IsReplacedInTheContainer()
    {
        using var scope = scopes.CreateScope();
        return scope.ServiceProvider.GetService<JwtBearerHandler>() is { } handler && handler.GetType() != typeof(JwtBearerHandler);
    }
}
