using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A controller whose visitors the <see cref="Api"/> remembers.</summary>
[ApiController]
public abstract class VisitedController : ControllerBase
{
    protected Task Enter() => HttpContext.RequestServices.GetRequiredService<Door>().Enter(HttpContext);

    /// <summary>Leads to the <see cref="Api"/>, which does not exist yet when services are registered.</summary>
    internal sealed class Door
    {
        internal RequestDelegate Enter { get; set; } = null!;
    }
}
