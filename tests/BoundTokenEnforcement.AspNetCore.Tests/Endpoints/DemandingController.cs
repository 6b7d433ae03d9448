using Microsoft.AspNetCore.Mvc;

namespace BoundTokenEnforcement.AspNetCore.Tests;

[RequireBoundToken]
[Route("class-demands")]
public sealed class DemandingController : VisitedController
{
    [HttpGet]
    public Task Get() => Enter();

    [HttpGet("action-allows")]
    [AllowUnboundToken]
    public Task Contradictory() => Enter();
}
