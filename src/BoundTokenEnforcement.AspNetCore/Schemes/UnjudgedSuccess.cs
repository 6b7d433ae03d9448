using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>What becomes of a success that no judgement stands behind: of a handler that is not ours, or was reached past ours.</summary>
internal sealed class UnjudgedSuccess(EnforcementPolicy policy, BindingEnforcer enforcer, IAuthenticationSchemeProvider schemes)
{
    /// <returns>The same success, or the refusal.</returns>
    internal async ValueTask<AuthenticateResult> ExamineAsync(HttpContext context, AuthenticateResult success)
    {
        var judged = BoundTokenFeature.Of(context.Features);
        if (judged?.Covers(success.Properties) == true)
        {
            return success;
        }

        var scheme = success.Ticket!.AuthenticationScheme;
        if (await IsAcceptableAsync(context, scheme, success, judged))
        {
            context.Features.Set(UnjudgedIdentity.Present);
            return success;
        }

        return await enforcer.RefuseAsync(context, scheme, success, BindingFailure.SchemeUnguarded, CarriedToken.ConfirmationOf(context.Request).CertificateThumbprint);
    }

    internal async ValueTask<bool> IsGuardedAsync(HttpContext context, string? scheme)
    {
        var found = scheme is null ? await schemes.GetDefaultChallengeSchemeAsync() : await schemes.GetSchemeAsync(scheme);
        return found is not null && SchemeKinds.KindOf(found.HandlerType) == SchemeKind.Guarded;
    }

    private async ValueTask<bool> IsAcceptableAsync(HttpContext context, string scheme, AuthenticateResult success, BoundTokenFeature? judged)
    {
        // Before all else: leaving a scheme unguarded says nothing about the endpoints that demand a bound token.
        if (EndpointRequirement.Demands(context.GetEndpoint()))
        {
            return false;
        }

        var options = policy.Current;
        if (options.UnguardedSchemes.ContainsKey(scheme))
        {
            return true;
        }

        if (options.JudgedByHandlerSchemes.Contains(scheme) || judged?.HasRefusedBoundToken == true)
        {
            return false;
        }

        var carried = CarriedToken.ConfirmationOf(context.Request);
        if (await KindOfAsync(scheme) == SchemeKind.WithoutTokens)
        {
            // A cookie is as good beside a token as alone, unless that token is a stolen one.
            return carried.IsAbsent || !enforcer.WouldRefuse(context, carried);
        }

        // Whether this handler took the token that we see, or another one, nobody knows. Only a request without bound tokens is safe.
        return carried.IsAbsent && CarriedToken.ConfirmationOf(success).IsAbsent;
    }

    private async ValueTask<SchemeKind> KindOfAsync(string scheme) =>
        await schemes.GetSchemeAsync(scheme) is { } found ? SchemeKinds.KindOf(found.HandlerType) : SchemeKind.Unknown;
}
