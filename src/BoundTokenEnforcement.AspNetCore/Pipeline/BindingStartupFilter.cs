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
        var (options, forwarder) = policy.Effective;
        var ofConnection = ConnectionCertificate.Of(context);
        arrival.Observe(context.Features, ofConnection);

        // One source (D24): where certificates are forwarded, the connection's is the proxy's, whether or not there is a forwarded one.
        BindingFailure? unreadable = null;
        var seen = ofConnection;
        if (forwarder is not null)
        {
            unreadable = forwarder.Read(context, ofConnection.Presented, out seen);
            if (ofConnection.Presented is { } ofProxy && context.Features.Get<ISslStreamFeature>() is null)
            {
                context.Features.Set(new ProxyCertificate(ofProxy.Thumbprint));
            }
        }

        context.Features.Set(seen);
        if (context.Features.Get<ClientCertificateRequest>() == ClientCertificateRequest.ByUs
            && (options.CertificateAuthenticationScheme is null || forwarder is not null))
        {
            context.Features.Set<ITlsConnectionFeature>(new SubstituteTlsConnectionFeature());
        }

        return (unreadable ?? FaultOf(context, options)) is { } failure ? RejectAsync(context, rest, options, failure) : rest(context);
    }

    private async Task RejectAsync(HttpContext context, RequestDelegate rest, BoundTokenEnforcementOptions options, BindingFailure failure)
    {
        await telemetry.RecordAsync(context, options, new BindingDecision(string.Empty, options.Mode, BindingResult.Refused(failure))).ConfigureAwait(false);
        if (options.Mode == EnforcementMode.ReportOnly)
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
