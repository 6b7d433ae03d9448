using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace BoundTokenEnforcement.IntegrationTests;

[ApiController]
[Authorize(Entrances.PolicyName)]
[Route(Entrances.ControllerPath)]
public sealed class EntranceController : ControllerBase
{
    [HttpGet]
    public string Get([FromServices] IServiceProvider services)
    {
        Entrances.Enter(services, HttpContext);
        return "entered";
    }
}
