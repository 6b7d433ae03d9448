using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Wraps whatever events the application has, and remembers the token that was validated. Nothing that the application does in
/// its events reaches what is remembered here.
/// </summary>
internal sealed class TokenCapturingEvents(JwtBearerEvents inner) : JwtBearerEvents
{
    /// <summary>The token whose signature was verified in this request; <see langword="null"/> if none was, or if something failed afterwards.</summary>
    internal SecurityToken? ValidatedToken { get; private set; }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        // Before the application's handler, which could put another one into the context.
        ValidatedToken = context.SecurityToken;
        return inner.TokenValidated(context);
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // A success that this event declares is not the success of the token.
        ValidatedToken = null;
        return inner.AuthenticationFailed(context);
    }

    public override Task MessageReceived(MessageReceivedContext context) => inner.MessageReceived(context);

    public override Task Forbidden(ForbiddenContext context) => inner.Forbidden(context);

    public override Task Challenge(JwtBearerChallengeContext context) => inner.Challenge(context);
}
