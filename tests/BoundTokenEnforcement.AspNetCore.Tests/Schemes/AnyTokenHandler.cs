using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A handler as applications write them: it believes what it is told.</summary>
public sealed class AnyTokenHandler(IOptionsMonitor<AnyTokenOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AnyTokenOptions>(options, logger, encoder)
{
    internal const string SchemeName = "any";

    internal static ClaimsPrincipal User(string subject, string type, params Claim[] claims) =>
        new(new ClaimsIdentity([new Claim("sub", subject), .. claims], type));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() => Options.Subject(Request) is { } subject
        ? await Options.Finish(Context, AuthenticateResult.Success(new AuthenticationTicket(User(subject, Scheme.Name, [.. Options.Claims]), Scheme.Name)))
        : AuthenticateResult.NoResult();

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        await base.HandleChallengeAsync(properties);
        if (Options.Challenge is { } challenge)
        {
            Response.Headers.WWWAuthenticate = challenge;
        }

        if (Options.RedirectTo is { } location)
        {
            Response.Redirect(location);
        }
    }
}
