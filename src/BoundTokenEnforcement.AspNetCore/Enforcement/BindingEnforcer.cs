using System.Diagnostics;
using System.Security.Claims;
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
        return MayNegotiate(request, confirmation)
            ? null
            : Compare(context, request, confirmation);
    }

    /// <summary>What would be decided about a token that another handler accepted. Has no effect, and negotiates no delayed certificate: one that has not arrived is missing.</summary>
    internal async ValueTask<BindingFailure?> FindFailureAsync(HttpContext context, Confirmation confirmation)
    {
        var request = policy.RequestOf(context);
        return MayNegotiate(request, confirmation)
            ? BindingFailure.SchemeNotEnforced
            : (await CompareAndAskAsync(context, request, confirmation).ConfigureAwait(false)).Result.Failure;
    }

    /// <summary>Decides about a token that was validated: negotiates a delayed certificate, and asks the application's certificate scheme.</summary>
    internal async ValueTask<AuthenticateResult> EnforceAsync(HttpContext context, string scheme, AuthenticateResult success, Confirmation confirmation)
    {
        var began = Stopwatch.GetTimestamp();
        var request = policy.RequestOf(context);
        if (MayNegotiate(request, confirmation))
        {
            request.Certificate = await DelayedClientCertificate.NegotiateAsync(context).ConfigureAwait(false);
        }

        var (result, owner) = await CompareAndAskAsync(context, request, confirmation).ConfigureAwait(false);
        if (request.Options.MergeCertificatePrincipal && owner is not null)
        {
            success = WithIdentitiesOf(owner, success);
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

    // A new principal: the handler's own may be one that it keeps. The properties stay the same object, by which the ticket is known.
    private static AuthenticateResult WithIdentitiesOf(ClaimsPrincipal owner, AuthenticateResult success) => AuthenticateResult.Success(
        new AuthenticationTicket(new ClaimsPrincipal(success.Ticket!.Principal.Identities.Concat(owner.Identities)), success.Ticket.Properties, success.Ticket.AuthenticationScheme));

    private static bool MayNegotiate(RequestBinding request, Confirmation confirmation) =>
        request.Options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(request.Certificate, confirmation);

    /// <returns>The decision, and whom the application's certificate scheme knows the owner as.</returns>
    private static async ValueTask<(BindingResult Result, ClaimsPrincipal? Owner)> CompareAndAskAsync(HttpContext context, RequestBinding request, Confirmation confirmation)
    {
        var result = Compare(context, request, confirmation);
        if (result.Binding is null)
        {
            return (result, null);
        }

        var (accepts, owner) = await CertificateScheme.AskAsync(context, request, result.Binding).ConfigureAwait(false);
        return accepts ? (result, owner) : (BindingResult.Refused(BindingFailure.CertificateUntrusted), null);
    }

    private static BindingResult Compare(HttpContext context, RequestBinding request, Confirmation confirmation)
    {
        if (request.Certificate is not { } certificate)
        {
            return BindingResult.Refused(BindingFailure.PipelineBypassed);
        }

        var result = CertificateBinding.Verify(confirmation, certificate.Presented, EndpointRequirement.Of(context.GetEndpoint(), request.Options.Requirement));
        return result.Binding is null || request.Policy.Allowed is not { } allowed || IsAllowed(context, request, allowed, certificate.Presented!)
            ? result
            : BindingResult.Refused(BindingFailure.CertificateNotAllowed);
    }

    private static bool IsAllowed(HttpContext context, RequestBinding request, AllowedCertificates allowed, PresentedCertificate presented) =>
        allowed.Known(presented) ?? allowed.Judge(presented, DisclosedCertificate.CertificateOf(context, presented, request.Policy.Forwarder));
}
