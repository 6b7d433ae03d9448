using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>Gathers the inputs of the decision, asks the core, and tells everybody. Has no rules of its own.</summary>
internal sealed class BindingEnforcer(
    IOptionsMonitor<BoundTokenEnforcementOptions> options,
    BoundTokenMetrics metrics,
    ILogger<BindingEnforcer> logger)
{
    /// <summary>Decides about a token that <paramref name="scheme"/> has validated.</summary>
    internal BindingResult Judge(HttpContext context, string scheme, Confirmation confirmation)
    {
        var connection = context.Features.Get<ConnectionCertificate>();
        var result = connection is null
            ? BindingResult.Refused(BindingFailure.ConnectionNotSeen)
            : CertificateBinding.Verify(confirmation, connection.Presented, options.CurrentValue.Requirement);

        context.Features.Set<IBoundTokenFeature>(new BoundTokenFeature(scheme, result));
        Tell(scheme, result, confirmation.CertificateThumbprint, connection?.Presented?.Thumbprint ?? default);
        return result;
    }

    /// <summary>Tells of a request that no scheme will see, because its token could be understood in two ways.</summary>
    internal void RefuseRequest() => Tell(scheme: null, BindingResult.Refused(BindingFailure.RequestMalformed), default, default);

    private void Tell(string? scheme, BindingResult result, CertificateThumbprint expected, CertificateThumbprint presented)
    {
        try
        {
            metrics.Decided(scheme, result);
            logger.Decided(scheme ?? string.Empty, result, expected, presented);
        }
#pragma warning disable CA1031 // Somebody's log sink or metrics listener is broken. The decision stands all the same.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
