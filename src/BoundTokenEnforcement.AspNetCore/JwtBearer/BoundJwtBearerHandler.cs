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
    Challenger challenger) : JwtBearerHandler(options, loggers, encoder), IGuardedHandler
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
        if (await RefuseEarlyAsync() is { } refused)
        {
            return refused;
        }

        var result = await base.HandleAuthenticateAsync();
        return result.Succeeded
            ? await enforcer.EnforceAsync(Context, Scheme.Name, result, JwtConfirmation.Read(_capturing?.ValidatedToken))
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

    private async ValueTask<AuthenticateResult?> RefuseEarlyAsync() => BearerCredentials.Read(Request.Headers.Authorization, out var token) switch
    {
        BearerCredentialsReading.Token when CompactJwt.TryGetPayload(token.Span, out var payload) =>
            await enforcer.RefuseEarlyAsync(Context, Scheme.Name, JwtConfirmation.Read(payload)),
        // RFC 9449 §7.1: there is no proof here that this scheme could check.
        BearerCredentialsReading.None when DPoPCredentials.AreIn(Request) =>
            await enforcer.RefuseAsync(Context, Scheme.Name, success: null, BindingFailure.MethodUnsupported, default),
        _ => null,
    };
}
