using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>Decides who writes the challenge of a request whose token was rejected.</summary>
internal sealed class ChallengePolicy(EnforcementPolicy policy, IAuthenticationSchemeProvider schemes)
{
    /// <param name="context">The request.</param>
    /// <param name="challenged">The scheme that is challenged; <see langword="null"/> for the default one.</param>
    internal async ValueTask<ChallengeAuthor> AuthorOfAsync(HttpContext context, string? challenged)
    {
        var request = policy.RequestOf(context);
        if (!request.IsUnavailable && !request.HasRejected)
        {
            return ChallengeAuthor.Scheme;
        }

        var scheme = challenged is null ? await schemes.GetDefaultChallengeSchemeAsync().ConfigureAwait(false) : await schemes.GetSchemeAsync(challenged).ConfigureAwait(false);
        if (scheme is null)
        {
            return ChallengeAuthor.Library;
        }

        if (SchemeKinds.KindOf(scheme.HandlerType) == SchemeKind.Guarded)
        {
            return ChallengeAuthor.Scheme;
        }

        // No scheme may call a token invalid that could not be validated, nor offer another way to sign in.
        return request.IsUnavailable ? ChallengeAuthor.Library : AfterRejection(scheme, request.Options);
    }

    private static ChallengeAuthor AfterRejection(AuthenticationScheme scheme, BoundTokenEnforcementOptions options)
    {
        if (options.ExemptSchemes.ContainsKey(scheme.Name))
        {
            return ChallengeAuthor.Scheme;
        }

        return SchemeKinds.AnswersApiClients(scheme.HandlerType)
            || options.SchemesWithoutAccessTokens.Contains(scheme.Name)
            || options.SchemesThatVerifyBindings.Contains(scheme.Name)
                ? ChallengeAuthor.Both
                : ChallengeAuthor.Library;
    }
}
