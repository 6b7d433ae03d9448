using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What an endpoint saw when it was entered.</summary>
internal sealed record Visit(bool IsAuthenticated, string? Subject, ClaimsPrincipal User, IBoundTokenFeature? Feature)
{
    internal static Visit Of(HttpContext context) => new(
        context.User.Identity?.IsAuthenticated ?? false,
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? context.User.FindFirstValue("sub"),
        context.User,
        context.Features.Get<IBoundTokenFeature>());
}
