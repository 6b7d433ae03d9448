using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Gathers the inputs of the decision, asks the core, and applies its answer. Contains no rules.</summary>
internal sealed class BindingEnforcer(EnforcementPolicy policy, DecisionTelemetry telemetry)
{
    /// <summary>Decides about a token that was validated, and turns its success into a failure if it is refused.</summary>
    internal async ValueTask<AuthenticateResult> EnforceAsync(HttpContext context, string scheme, AuthenticateResult success, Confirmation confirmation)
    {
        var began = Stopwatch.GetTimestamp();
        var effective = policy.Effective;
        var options = effective.Options;
        var seen = ClientCertificateState.Of(context);
        if (options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(seen, confirmation))
        {
            seen = await DelayedClientCertificate.NegotiateAsync(context).ConfigureAwait(false);
        }

        var result = Compare(context, effective, seen, confirmation);
        if (result.Binding is not null)
        {
            var (accepts, owner) = await CertificateScheme.AskAsync(context, effective, result.Binding).ConfigureAwait(false);
            if (!accepts)
            {
                result = BindingResult.Refused(BindingFailure.CertificateUntrusted);
            }
            else if (options.MergeCertificatePrincipal && owner is not null)
            {
                success = WithIdentitiesOf(owner, success);
            }
        }

        return await ApplyAsync(context, options, new(scheme, options.ModeOf(scheme), result, confirmation.CertificateThumbprint, success, began)).ConfigureAwait(false);
    }

    /// <summary>
    /// Looks at a token before its signature is verified, because refusing is cheap and verifying is not. Can only refuse.
    /// </summary>
    /// <returns>The refusal, or <see langword="null"/>: nothing has been decided then, and nothing is remembered.</returns>
    internal async ValueTask<AuthenticateResult?> RefuseEarlyAsync(HttpContext context, string scheme, Confirmation unverified)
    {
        var began = Stopwatch.GetTimestamp();
        var effective = policy.Effective;
        var options = effective.Options;
        var seen = ClientCertificateState.Of(context);
        if (options.ModeOf(scheme) == EnforcementMode.ReportOnly
            || (options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(seen, unverified)))
        {
            return null;
        }

        var result = Compare(context, effective, seen, unverified);
        return result.IsRefused
            ? await ApplyAsync(context, options, new(scheme, EnforcementMode.Enforce, result, unverified.CertificateThumbprint, Began: began)).ConfigureAwait(false)
            : null;
    }

    /// <summary>Rejects the token for a reason other than a mismatch. In report-only mode the rejection is only recorded.</summary>
    internal async ValueTask<AuthenticateResult?> RefuseEarlyAsync(HttpContext context, string scheme, BindingFailure failure)
    {
        var options = policy.Current;
        var mode = options.ModeOf(scheme);
        var refused = await ApplyAsync(context, options, new(scheme, mode, BindingResult.Refused(failure))).ConfigureAwait(false);
        return mode == EnforcementMode.ReportOnly ? null : refused;
    }

    /// <summary>Refuses a success for a reason that is no matter of comparison.</summary>
    internal ValueTask<AuthenticateResult> RefuseAsync(
        HttpContext context, string scheme, AuthenticateResult success, BindingFailure failure, CertificateThumbprint expected)
    {
        var options = policy.Current;
        return ApplyAsync(context, options, new(scheme, options.ModeOf(scheme), BindingResult.Refused(failure), expected, success));
    }

    /// <summary>Why a token would be refused; <see langword="null"/> if it would not. Nothing is carried out.</summary>
    internal BindingFailure? FindFailure(HttpContext context, Confirmation unverified)
    {
        var effective = policy.Effective;
        var seen = ClientCertificateState.Of(context);

        // A certificate that may still come is nothing to hold against the token.
        return effective.Options.NegotiateDelayedCertificates && DelayedClientCertificate.MayNegotiate(seen, unverified)
            ? BindingFailure.SchemeNotEnforced
            : Compare(context, effective, seen, unverified).Failure;
    }

    // A new principal: the handler's own may be one that it keeps. The properties stay the same object, by which the ticket is known.
    private static AuthenticateResult WithIdentitiesOf(ClaimsPrincipal owner, AuthenticateResult success) => AuthenticateResult.Success(
        new AuthenticationTicket(new ClaimsPrincipal(success.Ticket!.Principal.Identities.Concat(owner.Identities)), success.Ticket.Properties, success.Ticket.AuthenticationScheme));

    private static BindingResult Compare(HttpContext context, EffectivePolicy policy, ClientCertificateState? seen, Confirmation confirmation)
    {
        if (seen is null)
        {
            return BindingResult.Refused(BindingFailure.PipelineBypassed);
        }

        var result = CertificateBinding.Verify(confirmation, seen.Presented, EndpointRequirement.Of(context.GetEndpoint(), policy.Options.Requirement));
        return result.Binding is null || policy.Allowed is not { } allowed || IsAllowed(context, policy, allowed, seen.Presented!)
            ? result
            : BindingResult.Refused(BindingFailure.CertificateNotAllowed);
    }

    private static bool IsAllowed(HttpContext context, EffectivePolicy policy, AllowedCertificates allowed, PresentedCertificate presented) =>
        allowed.Known(presented) ?? allowed.Judge(presented, DisclosedCertificate.Presented(context, policy.Forwarder));

    private async ValueTask<AuthenticateResult> ApplyAsync(HttpContext context, BoundTokenEnforcementOptions options, BindingDecision decision)
    {
        BoundTokenFeature.Add(context.Features, decision);
        await telemetry.RecordAsync(context, options, decision).ConfigureAwait(false);
        return decision.LetsIn ? decision.Success! : BindingRefused.Result;
    }
}
