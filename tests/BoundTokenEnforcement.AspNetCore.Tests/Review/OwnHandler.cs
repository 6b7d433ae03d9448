using System.Security.Claims;
using System.Text.Encodings.Web;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Review;

/// <summary>A handler as applications write them: its ticket names <see cref="TicketScheme"/>, whatever it was registered as.</summary>
internal sealed class OwnHandler(IOptionsMonitor<OwnHandler.Settings> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<OwnHandler.Settings>(options, logger, encoder)
{
    internal const string Header = "X-Own";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Header].Count == 0 && Request.Headers.Authorization.Count == 0)
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "own")], "own");
        return Task.FromResult(AuthenticateResult.Success(
            new AuthenticationTicket(new ClaimsPrincipal(identity), Options.TicketScheme ?? Scheme.Name)));
    }

    internal sealed class Settings : AuthenticationSchemeOptions
    {
        public string? TicketScheme { get; set; }
    }
}
