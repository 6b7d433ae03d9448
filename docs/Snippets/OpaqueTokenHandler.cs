using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Snippets;

internal sealed class OpaqueTokenHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    #region hand-over
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (await IntrospectAsync(Request) is not { } answer)
        {
            return AuthenticateResult.NoResult();
        }

        var success = AuthenticateResult.Success(new AuthenticationTicket(answer.User, Scheme.Name));
        return await Context.EnforceTokenBindingAsync(success, answer.Json);
    }
    #endregion

    // The application's own: what the authorization server answered, and whom it named.
    private static Task<Answer?> IntrospectAsync(HttpRequest request) => Task.FromResult<Answer?>(null);

    private sealed record Answer(ClaimsPrincipal User, byte[] Json);
}
