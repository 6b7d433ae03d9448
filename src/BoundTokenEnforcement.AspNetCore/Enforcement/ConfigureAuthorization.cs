using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Adds the policy that <see cref="RequireBoundTokenAttribute"/> names.</summary>
internal sealed class ConfigureAuthorization : IConfigureOptions<AuthorizationOptions>
{
    public void Configure(AuthorizationOptions options) =>
        options.AddPolicy(
            RequireBoundTokenAttribute.PolicyName,
            policy => policy.RequireAuthenticatedUser().AddRequirements(new BoundTokenRequirement()));
}
