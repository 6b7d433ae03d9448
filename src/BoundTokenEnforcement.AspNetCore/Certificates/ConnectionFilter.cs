using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Stands before everything that the application puts into its pipeline: remembers what the connection presented, and turns
/// requests away that two readers could understand differently.
/// </summary>
internal sealed class ConnectionFilter(
    EnforcementPolicy policy, CertificateArrival arrival, DecisionTelemetry telemetry, Challenger challenger) : IStartupFilter
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

        var options = policy.Current;
        var fault = FaultOfAsync(context, options);
        return fault is { IsCompletedSuccessfully: true, Result: null } ? rest(context) : RejectAsync(context, rest, options, fault);
    }

    private async Task RejectAsync(HttpContext context, RequestDelegate rest, BoundTokenEnforcementOptions options, ValueTask<BindingFailure?> fault)
    {
        if (await fault is { } failure)
        {
            await telemetry.TellAsync(context, options, string.Empty, options.Mode, BindingResult.Refused(failure), default, null);
            if (options.Mode == EnforcementMode.Enforce)
            {
                challenger.RejectRequest(context, failure);
                return;
            }
        }

        await rest(context);
    }

    private static async ValueTask<BindingFailure?> FaultOfAsync(HttpContext context, BoundTokenEnforcementOptions options)
    {
        if (options.RejectMisdirectedRequests && RequestedHost.IsMisdirected(context))
        {
            return BindingFailure.RequestMisdirected;
        }

        return await TokenTransport.IsAmbiguousAsync(context.Request) ? BindingFailure.RequestMalformed : null;
    }
}
