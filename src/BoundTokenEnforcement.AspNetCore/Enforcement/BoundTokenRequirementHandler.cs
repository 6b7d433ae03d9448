using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.SignalR;

namespace BoundTokenEnforcement;

/// <summary>
/// Satisfied by the proof that a guarded scheme left on the request, and by nothing else; and only if no other ticket was accepted without one, which could be
/// the user instead.
/// </summary>
internal sealed class BoundTokenRequirementHandler : AuthorizationHandler<BoundTokenRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, BoundTokenRequirement requirement)
    {
        if (Request(context.Resource) is { } request && RequestBinding.Of(request) is { AcceptsOnlyVerifiedTickets: true })
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
