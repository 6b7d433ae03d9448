using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>
/// The ticket check. Every authentication passes through here, whichever component requests it and whichever handler answers: a ticket without a binding
/// decision is examined.
/// </summary>
internal sealed class BoundAuthenticationService(
    EnforcementPolicy policy,
    UnverifiedTicketPolicy tickets,
    ChallengePolicy challenges,
    IAuthenticationSchemeProvider schemes,
    ChallengeWriter challenger) : IAuthenticationService
{
    /// <summary>Under this key stands the application's own service, or the framework's.</summary>
    internal const string InnerKey = "BoundTokenEnforcement.Inner";

    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        var request = policy.RequestOf(context);
        var authenticating = AuthenticateAsync(context, request, scheme);

        // An accepted token of a guarded scheme, as almost every request: its ticket was decided on a moment ago, and there is nothing else to examine.
        return authenticating.IsCompletedSuccessfully && authenticating.Result is var result && (!result.Succeeded || request.HasJustAccepted(result.Properties))
            ? authenticating
            : ExamineAsync(context, scheme, authenticating);
    }

    public async Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        var author = await challenges.AuthorOfAsync(context, scheme).ConfigureAwait(false);
        if (author != ChallengeAuthor.Library)
        {
            await Inner(context).ChallengeAsync(context, scheme, properties).ConfigureAwait(false);
        }

        if (author == ChallengeAuthor.Both)
        {
            challenger.AddError(context);
        }
        else if (author == ChallengeAuthor.Library)
        {
            challenger.ChallengeOnce(context);
        }
    }

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        Inner(context).ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        Inner(context).SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        Inner(context).SignOutAsync(context, scheme, properties);

    // The framework's or the application's own. Resolved for each call, so that this service is made once and not for each request.
    private static IAuthenticationService Inner(HttpContext context) => context.RequestServices.GetRequiredKeyedService<IAuthenticationService>(InnerKey);

    private Task<AuthenticateResult> AuthenticateAsync(HttpContext context, RequestBinding request, string? scheme)
    {
        if (scheme is null || request.Options.SchemesThatVerifyBindings.Count > 0)
        {
            return AuthenticateDisclosingAsync(context, request, scheme);
        }

        var outer = request.Scheme;
        request.Scheme = scheme;
        Task<AuthenticateResult>? authenticating = null;
        try
        {
            authenticating = Inner(context).AuthenticateAsync(context, scheme);
            return authenticating.IsCompleted ? authenticating : RestoreAsync(request, outer, authenticating);
        }
        finally
        {
            if (authenticating is null or { IsCompleted: true })
            {
                request.Scheme = outer;
            }
        }
    }

    private async Task<AuthenticateResult> AuthenticateDisclosingAsync(HttpContext context, RequestBinding request, string? scheme)
    {
        var outer = request.Scheme;
        request.Scheme = scheme ?? (await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false))?.Name;
        try
        {
            using var disclosed = await DiscloseCertificateAsync(context, request).ConfigureAwait(false);
            return await Inner(context).AuthenticateAsync(context, scheme).ConfigureAwait(false);
        }
        finally
        {
            request.Scheme = outer;
        }
    }

    private static async Task<AuthenticateResult> RestoreAsync(RequestBinding request, string? outer, Task<AuthenticateResult> authenticating)
    {
        try
        {
            return await authenticating.ConfigureAwait(false);
        }
        finally
        {
            request.Scheme = outer;
        }
    }

    private async Task<AuthenticateResult> ExamineAsync(HttpContext context, string? scheme, Task<AuthenticateResult> authenticating)
    {
        var result = await authenticating.ConfigureAwait(false);
        return result.Succeeded ? await tickets.ApplyAsync(context, scheme, result).ConfigureAwait(false) : result;
    }

    // A handler that compares certificates itself must see the certificate. Disposing hides it again.
    private async ValueTask<IDisposable?> DiscloseCertificateAsync(HttpContext context, RequestBinding request) =>
        request.Options.SchemesThatVerifyBindings.Count > 0
        && request.Scheme is { } name
        && await schemes.GetSchemeAsync(name).ConfigureAwait(false) is { } scheme
        && SchemeKinds.KindOf(scheme, request.Options) == SchemeKind.VerifiesBindings
            ? DisclosedCertificate.Show(context, request.Certificate?.Presented, request.Policy.Forwarder)
            : null;
}
