using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace BoundTokenEnforcement.AspNetCore.Tests;

[Authorize]
[AllowUnboundToken]
[Route("class-allows")]
public sealed class AllowingController : VisitedController
{
    [HttpGet]
    public Task Get() => Enter();

    [HttpGet("action-demands")]
    [RequireBoundToken]
    public Task Demands() => Enter();
}
