using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// The application's own JwtBearer, and behind it, where no event can reach, the decision about the binding. Also writes the
/// challenge, so that every refusal looks alike.
/// </summary>
internal sealed class BoundJwtBearerHandler(
    IOptionsMonitor<JwtBearerOptions> options,
    JwtBearerLoggers loggers,
    UrlEncoder encoder,
    BindingEnforcer enforcer,
    Challenger challenger) : JwtBearerHandler(options, loggers, encoder)
{
    private TokenCapturingEvents? _capturing;

    protected override async Task InitializeEventsAsync()
    {
        // What the base class finds is final: Options.Events, or EventsType, which replaces them.
        await base.InitializeEventsAsync();
        Events = _capturing = new TokenCapturingEvents(Events);
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var result = await base.HandleAuthenticateAsync();
        if (!result.Succeeded)
        {
            return result;
        }

        var confirmation = JwtConfirmation.Read(_capturing?.ValidatedToken);
        return enforcer.Judge(Context, Scheme.Name, confirmation).IsRefused
            ? BindingRefused.Result
            : result;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750 §3.1: no error where no token was sent.
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        var error = failure is null ? null : BearerError.InvalidToken;

        // The application may answer in its own way; what it writes into the context otherwise has no effect.
        var context = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = failure, Error = error };
        await Events.Challenge(context);
        if (!context.Handled)
        {
            challenger.Challenge(Context, Options.Challenge, error);
        }
    }
}
