using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Stands before everything that the application puts into its pipeline: remembers what the connection presented, and turns
/// requests away whose token could be understood in two ways.
/// </summary>
internal sealed class ConnectionFilter(CertificateArrival arrival, BindingEnforcer enforcer, Challenger challenger) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => context => InvokeAsync(context, rest));
        next(app);
    };

    private Task InvokeAsync(HttpContext context, RequestDelegate rest)
    {
        var certificate = ConnectionCertificate.Of(context);
        context.Features.Set(certificate);
        arrival.Observe(context.Features, certificate);

        if (!TokenTransport.IsAmbiguous(context.Request))
        {
            return rest(context);
        }

        enforcer.RefuseRequest();
        return challenger.RejectRequestAsync(context);
    }
}
