using Microsoft.AspNetCore.Authorization;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A provider of the application's own, which gives the same answer to every name.</summary>
internal sealed class OwnPolicyProvider(AuthorizationPolicy? forEveryName) : IAuthorizationPolicyProvider
{
    public Task<AuthorizationPolicy?> GetPolicyAsync(string policyName) => Task.FromResult(forEveryName);

    public Task<AuthorizationPolicy> GetDefaultPolicyAsync() => Task.FromResult(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());

    public Task<AuthorizationPolicy?> GetFallbackPolicyAsync() => Task.FromResult<AuthorizationPolicy?>(null);
}
