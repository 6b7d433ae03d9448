using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// Puts our handler in the place of JwtBearer's, in every scheme that has it. Runs after all configuration, so the order of the
/// application's calls does not matter.
/// </summary>
internal sealed class ReplaceJwtBearerHandlers(EnforcementPolicy enforcement, JwtBearerRegistrations registrations) : IPostConfigureOptions<AuthenticationOptions>
{
    public void PostConfigure(string? name, AuthenticationOptions options)
    {
        if (registrations.HandlerIsReplaced)
        {
            return;
        }

        foreach (var scheme in options.Schemes)
        {
            if (scheme.HandlerType == typeof(JwtBearerHandler) && !enforcement.Current.ExemptSchemes.ContainsKey(scheme.Name))
            {
                scheme.HandlerType = typeof(BoundJwtBearerHandler);
            }
        }
    }
}
