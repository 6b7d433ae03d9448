using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Wraps whatever events the application has, and remembers the token that was validated. Nothing that the application does in
/// its events reaches what is remembered here.
/// </summary>
internal sealed class TokenCapturingEvents(JwtBearerEvents inner, ITokenValidationSteps steps) : JwtBearerEvents
{
    /// <summary>The token whose signature was verified in this request; <see langword="null"/> if none was, or if something failed afterwards.</summary>
    internal SecurityToken? ValidatedToken { get; private set; }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        // Before the application's handler, which could put another one into the context.
        ValidatedToken = context.SecurityToken;
        return inner.TokenValidated(context);
    }

    public override async Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // A success that this event declares is not the success of the token.
        ValidatedToken = null;
        await inner.AuthenticationFailed(context).ConfigureAwait(false);

        if (context.Result is null && await steps.ExplainsAsync(context.Exception).ConfigureAwait(false) is { } failure)
        {
            context.Fail(failure);
        }
    }

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        await inner.MessageReceived(context).ConfigureAwait(false);

        // Behind the application's handler, because only now it is known which token will be used.
        if (context.Result is null && await steps.RefuseEarlyAsync(context.Token).ConfigureAwait(false) is { Failure: { } failure })
        {
            context.Fail(failure);
        }
    }

    public override Task Forbidden(ForbiddenContext context) => inner.Forbidden(context);

    public override Task Challenge(JwtBearerChallengeContext context) => inner.Challenge(context);
}
