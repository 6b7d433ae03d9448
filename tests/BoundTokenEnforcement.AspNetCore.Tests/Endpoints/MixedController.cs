using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace BoundTokenEnforcement.AspNetCore.Tests;

[Authorize]
[Route("action")]
public sealed class MixedController : VisitedController
{
    [HttpGet("demands")]
    [RequireBoundToken]
    public Task Demands() => Enter();

    [HttpGet("allows")]
    [AllowUnboundToken]
    public Task Allows() => Enter();
}
