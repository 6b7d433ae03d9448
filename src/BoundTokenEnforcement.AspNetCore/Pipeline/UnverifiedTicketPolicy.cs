using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Decides about successes that no binding decision stands behind: those of other handlers, or of handlers reached without ours.</summary>
internal sealed class UnverifiedTicketPolicy(EnforcementPolicy policy, BindingEnforcer enforcer, IAuthenticationSchemeProvider schemes)
{
    /// <param name="context">The request.</param>
    /// <param name="asked">The scheme that was asked; <see langword="null"/> for the default one. What the ticket calls itself is not believed.</param>
    /// <param name="success">What the scheme answered.</param>
    /// <returns>The same success, or the refusal.</returns>
    internal async ValueTask<AuthenticateResult> ExamineAsync(HttpContext context, string? asked, AuthenticateResult success)
    {
        var latest = BoundTokenFeature.Of(context.Features);
        if (latest?.Behind(success.Properties) is { } decision)
        {
            return await ReexamineAsync(context, latest, decision, success).ConfigureAwait(false);
        }

        if (UnverifiedIdentity.Of(context.Features)?.Covers(success.Properties, latest?.HasRefusedBoundToken == true) == true
            && !EndpointRequirement.Demands(context.GetEndpoint()))
        {
            return success;
        }

        var scheme = asked is null ? await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false) : await schemes.GetSchemeAsync(asked).ConfigureAwait(false);
        var name = scheme?.Name ?? asked ?? string.Empty;
        var kind = scheme is null ? SchemeKind.Unknown : SchemeKinds.KindOf(scheme, policy.Current);
        if (FindFailure(context, name, kind, success, latest) is { } failure)
        {
            return await enforcer.RefuseAsync(context, name, success, failure, UnverifiedRequestToken.ConfirmationOf(context.Request).CertificateThumbprint).ConfigureAwait(false);
        }

        UnverifiedIdentity.Add(context.Features, success.Properties, policy.Current.ExemptSchemes.ContainsKey(name));
        return success;
    }

    /// <summary>How a scheme may answer after a bound token was refused.</summary>
    internal async ValueTask<ChallengeAuthor> ChallengeAuthorAsync(string? asked)
    {
        if (await ChallengedAsync(asked).ConfigureAwait(false) is not { } found)
        {
            return ChallengeAuthor.Library;
        }

        // Ours say the same; those that are left alone say what they like.
        var options = policy.Current;
        if (IsGuarded(found) || options.ExemptSchemes.ContainsKey(found.Name))
        {
            return ChallengeAuthor.Scheme;
        }

        return SchemeKinds.AnswersApiClients(found.HandlerType) || options.SchemesWithoutAccessTokens.Contains(found.Name) || options.SchemesThatVerifyBindings.Contains(found.Name)
            ? ChallengeAuthor.Both
            : ChallengeAuthor.Library;
    }

    /// <summary>Lets the handler of <paramref name="scheme"/> see the certificate if it compares certificates itself; disposing hides it again.</summary>
    internal async ValueTask<IDisposable?> ShowCertificateAsync(HttpContext context, string? scheme)
    {
        var (options, forwarder) = policy.Effective;
        return options.SchemesThatVerifyBindings.Count > 0
            && scheme is not null
            && await schemes.GetSchemeAsync(scheme).ConfigureAwait(false) is { } found
            && SchemeKinds.KindOf(found, options) == SchemeKind.VerifiesBindings
                ? DisclosedCertificate.Show(context, forwarder)
                : null;
    }

    /// <summary>Whether it is one of ours that is challenged.</summary>
    internal async ValueTask<bool> IsGuardedAsync(string? asked) => await ChallengedAsync(asked).ConfigureAwait(false) is { } found && IsGuarded(found);

    /// <summary>The name of the scheme that answers if <paramref name="asked"/> is asked.</summary>
    internal async ValueTask<string?> NameOfAsync(string? asked) => asked ?? (await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false))?.Name;

    private async ValueTask<AuthenticationScheme?> ChallengedAsync(string? asked) =>
        asked is null ? await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) : await schemes.GetSchemeAsync(asked).ConfigureAwait(false);

    private static bool IsGuarded(AuthenticationScheme scheme) => SchemeKinds.KindOf(scheme.HandlerType) == SchemeKind.Guarded;

    private BindingFailure? FindFailure(HttpContext context, string scheme, SchemeKind kind, AuthenticateResult success, BoundTokenFeature? latest)
    {
        // Before all else: exempting a scheme says nothing about the endpoints that demand a bound token.
        if (EndpointRequirement.Demands(context.GetEndpoint()))
        {
            return BindingFailure.SchemeNotEnforced;
        }

        var options = policy.Current;
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
        if (kind == SchemeKind.VerifiesBindings && FindFailure(context, carried.Count > 0, UnverifiedRequestToken.ConfirmationOf(success.Principal)) is { } failure)
        {
            return failure;
        }

        return carried.Select(confirmation => enforcer.FindFailure(context, confirmation)).FirstOrDefault(static found => found is not null)
            ?? (latest?.HasRefusedBoundToken == true ? BindingFailure.SchemeNotEnforced : null);
    }

    // Both must hold; where neither is there, the requirement says whether an unbound token will do.
    private BindingFailure? FindFailure(HttpContext context, bool carriesConfirmation, Confirmation claimed) =>
        !claimed.IsAbsent ? enforcer.FindFailure(context, claimed) : carriesConfirmation ? null : enforcer.FindFailure(context, Confirmation.Absent);

    // The same ticket is handed out all through the request. Meanwhile another token can have been refused, and the request be on its way to
    // another endpoint (an error page, for example).
    private async ValueTask<AuthenticateResult> ReexamineAsync(
        HttpContext context, BoundTokenFeature latest, BoundTokenFeature decision, AuthenticateResult success)
    {
        if (decision.Mode == EnforcementMode.ReportOnly)
        {
            return success;
        }

        if (latest.HasRefusedBoundToken)
        {
            return await enforcer.RefuseAsync(context, decision.Scheme, success, BindingFailure.SchemeNotEnforced, default).ConfigureAwait(false);
        }

        if (decision.Outcome != BindingOutcome.Unbound || enforcer.FindFailure(context, Confirmation.Absent) is not { } failure)
        {
            return success;
        }

        // The framework goes on with the user of before if an authentication fails.
        context.User = new ClaimsPrincipal(new ClaimsIdentity());
        context.Features.Set<IAuthenticateResultFeature>(null);
        return await enforcer.RefuseAsync(context, decision.Scheme, success, failure, default).ConfigureAwait(false);
    }
}
