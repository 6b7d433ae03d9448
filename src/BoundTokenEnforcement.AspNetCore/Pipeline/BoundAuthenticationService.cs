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
    [FromKeyedServices(BoundAuthenticationService.InnerKey)] IAuthenticationService inner,
    EnforcementPolicy policy,
    UnverifiedTicketPolicy tickets,
    ChallengePolicy challenges,
    IAuthenticationSchemeProvider schemes,
    ChallengeWriter challenger) : IAuthenticationService
{
    /// <summary>Under this key stands the application's own service, or the framework's.</summary>
    internal const string InnerKey = "BoundTokenEnforcement.Inner";

    public async Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
    {
        var request = policy.RequestOf(context);
        var outer = request.Scheme;
        request.Scheme = scheme ?? (await schemes.GetDefaultAuthenticateSchemeAsync().ConfigureAwait(false))?.Name;
        AuthenticateResult result;
        try
        {
            using var disclosed = await DiscloseCertificateAsync(context, request).ConfigureAwait(false);
            result = await inner.AuthenticateAsync(context, scheme).ConfigureAwait(false);
        }
        finally
        {
            request.Scheme = outer;
        }

        return result.Succeeded ? await tickets.ApplyAsync(context, scheme, result).ConfigureAwait(false) : result;
    }

    public async Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties)
    {
        var author = await challenges.AuthorOfAsync(context, scheme).ConfigureAwait(false);
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

    // A handler that compares certificates itself must see the certificate. Disposing hides it again.
    private async ValueTask<IDisposable?> DiscloseCertificateAsync(HttpContext context, RequestBinding request) =>
        request.Options.SchemesThatVerifyBindings.Count > 0
        && request.Scheme is { } name
        && await schemes.GetSchemeAsync(name).ConfigureAwait(false) is { } scheme
        && SchemeKinds.KindOf(scheme, request.Options) == SchemeKind.VerifiesBindings
            ? DisclosedCertificate.Show(context, request.Certificate?.Presented, request.Policy.Forwarder)
            : null;
}
