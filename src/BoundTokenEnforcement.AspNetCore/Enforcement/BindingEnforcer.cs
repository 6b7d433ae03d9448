using System.Diagnostics;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Gathers the inputs of the decision, asks the core, and applies its answer. Contains no rules.</summary>
internal sealed class BindingEnforcer(EnforcementPolicy policy, DecisionTelemetry telemetry)
{
    /// <inheritdoc cref="EnforcementPolicy.RequestOf"/>
    internal RequestBinding RequestOf(HttpContext context) => policy.RequestOf(context);

    /// <summary>Compares, and has no effect. <see langword="null"/> as long as a certificate may still be negotiated.</summary>
    internal BindingResult? Evaluate(HttpContext context, Confirmation confirmation)
    {
        var request = policy.RequestOf(context);
        return request.Options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(request.Certificate, confirmation)
            ? null
            : Compare(context, request, confirmation);
    }

    /// <summary>Decides about a token that was validated: negotiates a delayed certificate, and asks the application's certificate scheme.</summary>
    internal async ValueTask<AuthenticateResult> EnforceAsync(HttpContext context, string scheme, AuthenticateResult success, Confirmation confirmation)
    {
        var began = Stopwatch.GetTimestamp();
        var request = policy.RequestOf(context);
        if (request.Options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(request.Certificate, confirmation))
        {
            request.Certificate = await DelayedClientCertificate.NegotiateAsync(context).ConfigureAwait(false);
        }

        var result = Compare(context, request, confirmation);
        if (result.Binding is not null && !await CertificateScheme.AcceptsAsync(context, request, result.Binding).ConfigureAwait(false))
        {
            result = BindingResult.Refused(BindingFailure.CertificateUntrusted);
        }

        return await ApplyAsync(context, scheme, result, confirmation.CertificateThumbprint, success, began).ConfigureAwait(false);
    }

    /// <summary>Carries a decision out: the application sees it, telemetry records it, and a rejected success becomes a failure.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scheme">The scheme, whose mode says whether a rejection is carried out.</param>
    /// <param name="result">The decision.</param>
    /// <param name="expected">The certificate that the token names.</param>
    /// <param name="success">The scheme's own success; <see langword="null"/> if the token was not validated yet. Without it, nothing is accepted.</param>
    /// <param name="began">When the decision began; 0 if its duration is not measured.</param>
    internal async ValueTask<AuthenticateResult> ApplyAsync(
        HttpContext context, string scheme, BindingResult result, CertificateThumbprint expected = default, AuthenticateResult? success = null, long began = 0)
    {
        var request = policy.RequestOf(context);
        var decision = new BindingDecision(scheme, request.Options.ModeOf(scheme), result, expected, success, began);
        request.Add(decision);
        await telemetry.RecordAsync(context, request, decision).ConfigureAwait(false);
        return decision.IsAccepted ? success! : BindingRefused.Result;
    }

    private static BindingResult Compare(HttpContext context, RequestBinding request, Confirmation confirmation) => request.Certificate is { } certificate
        ? CertificateBinding.Verify(confirmation, certificate.Presented, EndpointRequirement.Of(context.GetEndpoint(), request.Options.Requirement))
        : BindingResult.Refused(BindingFailure.PipelineBypassed);
}
