using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement;

/// <summary>
/// The ticket check. Every authentication, whichever component asks and whichever handler answers, passes through here: a success that was not decided
/// is looked at once more.
/// </summary>
internal sealed class BoundAuthenticationService(
    [FromKeyedServices(BoundAuthenticationService.InnerKey)] IAuthenticationService inner,
    UnverifiedTicketPolicy unjudged,
    ChallengeWriter challenger) : IAuthenticationService
{
    /// <summary>Under this key stands the application's own service, or the framework's.</summary>
    internal const string InnerKey = "BoundTokenEnforcement.Inner";

    public async Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        var outer = context.Features.Get<RequestedScheme>();
        context.Features.Set(new RequestedScheme(await unjudged.NameOfAsync(scheme).ConfigureAwait(false)));
        AuthenticateResult result;
        try
        {
            using var shown = await unjudged.ShowCertificateAsync(context, context.Features.Get<RequestedScheme>()!.Name).ConfigureAwait(false);
            result = await inner.AuthenticateAsync(context, scheme).ConfigureAwait(false);
        }
        finally
        {
            context.Features.Set(outer);
        }

        return result.Succeeded ? await unjudged.ExamineAsync(context, scheme, result).ConfigureAwait(false) : result;
    }

    public async Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        var author = await AuthorOfChallengeAsync(context, scheme).ConfigureAwait(false);
        if (author != ChallengeAuthor.Library)
        {
            await inner.ChallengeAsync(context, scheme, properties).ConfigureAwait(false);
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
        inner.ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) =>
        inner.SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
        inner.SignOutAsync(context, scheme, properties);

    private async ValueTask<ChallengeAuthor> AuthorOfChallengeAsync(HttpContext context, string? scheme)
    {
        // No scheme may call a token invalid that could not be validated, nor offer another way to sign in.
        if (KeysUnavailable.Decides(context))
        {
            return await unjudged.IsGuardedAsync(scheme).ConfigureAwait(false) ? ChallengeAuthor.Scheme : ChallengeAuthor.Library;
        }

        // A refused request is refused as a whole.
        return BoundTokenFeature.Of(context.Features) is { HasRefused: true }
            ? await unjudged.ChallengeAuthorAsync(scheme).ConfigureAwait(false)
            : ChallengeAuthor.Scheme;
    }
}
