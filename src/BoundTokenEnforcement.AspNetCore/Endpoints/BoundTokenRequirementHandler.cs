using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.SignalR;

namespace BoundTokenEnforcement;

/// <summary>Satisfied by the proof that a guarded scheme left on the request, and by nothing else.</summary>
internal sealed class BoundTokenRequirementHandler(EnforcementPolicy policy) : AuthorizationHandler<BoundTokenRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, BoundTokenRequirement requirement)
    {
        if (Request(context.Resource)?.Features.Get<IBoundTokenFeature>() is { } token
            && (token.Binding is not null || policy.Current.ModeOf(token.Scheme) == EnforcementMode.ReportOnly))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }

    private static HttpContext? Request(object? resource) => resource switch
    {
        HttpContext context => context,
        AuthorizationFilterContext filter => filter.HttpContext,
        HubInvocationContext hub => hub.Context.GetHttpContext(),
        _ => null,
    };
}
