using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace BoundTokenEnforcement;

/// <summary>
/// Stands before everything that the application puts into its pipeline: remembers which certificate the client presented, and turns
/// requests away that two readers could understand differently.
/// </summary>
internal sealed class BindingStartupFilter(
    EnforcementPolicy policy, ClientCertificateAvailability arrival, DecisionTelemetry telemetry, ChallengeWriter challenger) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(rest => context => InvokeAsync(context, rest));
        next(app);
    };

    private Task InvokeAsync(HttpContext context, RequestDelegate rest)
    {
        var effective = policy.Effective;
        var ofConnection = ConnectionCertificate.Of(context);
        arrival.Observe(context.Features, ofConnection);

        // One source (D24): where certificates are forwarded, the connection's is the proxy's, whether or not there is a forwarded one.
        BindingFailure? unreadable = null;
        var seen = ofConnection;
        if (effective.Forwarder is not null)
        {
            unreadable = effective.Forwarder.Read(context, ofConnection.Presented, out seen);
        }

        var request = RequestBinding.Begin(context, effective, seen);
        if (effective.Forwarder is not null && context.Features.Get<ISslStreamFeature>() is null)
        {
            request.ProxyCertificate = ofConnection.Presented;
        }

        if (context.Features.Get<ClientCertificateRequest>() == ClientCertificateRequest.ByUs
            && (request.Options.CertificateAuthenticationScheme is null || effective.Forwarder is not null))
        {
            context.Features.Set<ITlsConnectionFeature>(new SubstituteTlsConnectionFeature());
        }

        return (unreadable ?? FaultOf(context, request.Options)) is { } failure ? RejectAsync(context, rest, request, failure) : rest(context);
    }

    private async Task RejectAsync(HttpContext context, RequestDelegate rest, RequestBinding request, BindingFailure failure)
    {
        await telemetry.RecordAsync(context, request, new BindingDecision(string.Empty, request.Options.Mode, BindingResult.Refused(failure))).ConfigureAwait(false);
        if (request.Options.Mode == EnforcementMode.ReportOnly)
        {
            await rest(context).ConfigureAwait(false);
            return;
        }

        challenger.RejectRequest(context, failure);
    }

    private static BindingFailure? FaultOf(HttpContext context, BoundTokenEnforcementOptions options)
    {
        if (options.RejectMisdirectedRequests && ServerNameCheck.IsMisdirected(context))
        {
            return BindingFailure.RequestMisdirected;
        }

        return BearerTokenUsage.IsAmbiguous(context.Request) ? BindingFailure.RequestMalformed : null;
    }
}
