using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Decides about tickets without a binding decision: those of other handlers, or of handlers that were not reached through ours.</summary>
internal sealed class UnverifiedTicketPolicy(EnforcementPolicy policy, BindingEnforcer enforcer, IAuthenticationSchemeProvider schemes)
{
    /// <param name="context">The request.</param>
    /// <param name="requested">The scheme that was requested; <see langword="null"/> for the default one. The name in the ticket is not trusted.</param>
    /// <param name="success">The scheme's result.</param>
    /// <returns>The same success, or the rejection.</returns>
    internal async ValueTask<AuthenticateResult> ApplyAsync(HttpContext context, string? requested, AuthenticateResult success)
    {
        var request = policy.RequestOf(context);
        if (request.DecisionBehind(success.Properties) is { } decision)
        {
            return await ReexamineAsync(context, request, decision, success).ConfigureAwait(false);
        }

        if (request.WasAcceptedUnverified(success.Properties, request.HasRejectedBoundToken) && !EndpointRequirement.Demands(context.GetEndpoint()))
        {
            return success;
        }

        var scheme = requested is null ? await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false) : await schemes.GetSchemeAsync(requested).ConfigureAwait(false);
        var name = scheme?.Name ?? requested ?? string.Empty;
        var kind = scheme is null ? SchemeKind.Unknown : SchemeKinds.KindOf(scheme, request.Options);
        if (await FindFailureAsync(context, request, name, kind, success).ConfigureAwait(false) is { } failure)
        {
            return await RejectAsync(context, name, success, failure, UnverifiedRequestToken.ConfirmationOf(context.Request).CertificateThumbprint).ConfigureAwait(false);
        }

        request.AddUnverified(success.Properties, request.Options.ExemptSchemes.ContainsKey(name));
        return success;
    }

    private async ValueTask<BindingFailure?> FindFailureAsync(HttpContext context, RequestBinding request, string scheme, SchemeKind kind, AuthenticateResult success)
    {
        // Before all else: exempting a scheme says nothing about the endpoints that demand a bound token.
        if (EndpointRequirement.Demands(context.GetEndpoint()))
        {
            return BindingFailure.SchemeNotEnforced;
        }

        var options = request.Options;
        if (options.ExemptSchemes.ContainsKey(scheme))
        {
            return null;
        }

        if (kind is not (SchemeKind.WithoutTokens or SchemeKind.VerifiesBindings) || options.SchemesEnforcedByHandler.Contains(scheme))
        {
            return BindingFailure.SchemeNotEnforced;
        }

        // A cookie is accepted beside a token unless the token's binding fails or the ticket itself contains a bound token.
        if (kind == SchemeKind.WithoutTokens && !UnverifiedRequestToken.ConfirmationOf(success).IsAbsent)
        {
            return BindingFailure.SchemeNotEnforced;
        }

        // Report the token's own failure first, so that repeated calls give the same result.
        var carried = UnverifiedRequestToken.ConfirmationsOf(context.Request);
        if (kind == SchemeKind.VerifiesBindings
            && await FindFailureOfClaimAsync(context, carried.Count > 0, UnverifiedRequestToken.ConfirmationOf(success.Principal)).ConfigureAwait(false) is { } ofClaim)
        {
            return ofClaim;
        }

        foreach (var confirmation in carried)
        {
            if (await enforcer.FindFailureAsync(context, confirmation).ConfigureAwait(false) is { } failure)
            {
                return failure;
            }
        }

        return request.HasRejectedBoundToken ? BindingFailure.SchemeNotEnforced : null;
    }

    // Both must hold. Where neither is present, the requirement says whether an unbound token is enough.
    private ValueTask<BindingFailure?> FindFailureOfClaimAsync(HttpContext context, bool carriesConfirmation, Confirmation claimed) =>
        claimed.IsAbsent && carriesConfirmation ? default : enforcer.FindFailureAsync(context, claimed);

    // The same ticket is handed out during the whole request. Meanwhile another token may have been rejected, or the request may have moved to
    // another endpoint, such as an error page.
    private async ValueTask<AuthenticateResult> ReexamineAsync(HttpContext context, RequestBinding request, BoundTokenFeature decision, AuthenticateResult success)
    {
        if (!decision.IsEnforced)
        {
            return success;
        }

        if (request.HasRejectedBoundToken)
        {
            return await RejectAsync(context, decision.Scheme, success, BindingFailure.SchemeNotEnforced).ConfigureAwait(false);
        }

        if (decision.Outcome != BindingOutcome.Unbound || await enforcer.FindFailureAsync(context, Confirmation.Absent).ConfigureAwait(false) is not { } failure)
        {
            return success;
        }

        // If an authentication fails, the framework continues with the earlier user.
        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        context.Features.Set<IAuthenticateResultFeature>(null);
        return await RejectAsync(context, decision.Scheme, success, failure).ConfigureAwait(false);
    }

    private ValueTask<AuthenticateResult> RejectAsync(
        HttpContext context, string scheme, AuthenticateResult success, BindingFailure failure, CertificateThumbprint expected = default) =>
        enforcer.ApplyAsync(context, scheme, BindingResult.Refused(failure), expected, success);
}
