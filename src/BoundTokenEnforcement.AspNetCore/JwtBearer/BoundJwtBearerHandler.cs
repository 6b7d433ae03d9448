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
    Challenger challenger,
    KeyTelemetry keyTelemetry) : JwtBearerHandler(options, loggers, encoder), IGuardedHandler
{
    private TokenCapturingEvents? _capturing;
    private MissingKeys? _keys;

    protected override async Task InitializeEventsAsync()
    {
        // What the base class finds is final: Options.Events, or EventsType, which replaces them.
        await base.InitializeEventsAsync();
        _keys = new MissingKeys(Options);
        Events = _capturing = new TokenCapturingEvents(Events, RefuseEarlyAsync, ExplainAsync);
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var result = await base.HandleAuthenticateAsync();
        if (!result.Succeeded)
        {
            return result;
        }

        // Only for tokens that would be accepted: nobody else makes us wait for a body.
        return BearerCredentials.Read(Request.Headers.Authorization, out _) == BearerCredentialsReading.Token && await FormToken.IsInAsync(Request)
            ? await enforcer.RefuseAsync(Context, Scheme.Name, result, BindingFailure.RequestMalformed, default)
            : await enforcer.EnforceAsync(Context, Scheme.Name, result, JwtConfirmation.Read(_capturing?.ValidatedToken));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750 §3.1: no error where no token was sent.
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        var error = failure is null || UnjudgedToken.Decides(Context) ? null : BearerError.InvalidToken;

        // The application may answer in its own way; what it writes into the context otherwise has no effect.
        var context = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = failure, Error = error };
        await Events.Challenge(context);
        if (context.Handled)
        {
            return;
        }

        if (BoundTokenFeature.Of(Context.Features) is { Failure: BindingFailure.RequestMalformed, Mode: EnforcementMode.Enforce })
        {
            challenger.RejectRequest(Context, BindingFailure.RequestMalformed);
            return;
        }

        challenger.Challenge(Context, Options.Challenge, error);
    }

    /// <param name="taken">The token that the application's events took from elsewhere; <see langword="null"/> for the one in the header.</param>
    private async ValueTask<AuthenticateResult?> RefuseEarlyAsync(string? taken)
    {
        var sent = BearerCredentials.Read(Request.Headers.Authorization, out var token);

        // RFC 9449 §7.1: there is no proof here that this scheme could check.
        if (string.IsNullOrEmpty(taken) && sent == BearerCredentialsReading.None && DPoPCredentials.AreIn(Request))
        {
            return await enforcer.RefuseEarlyAsync(Context, Scheme.Name, BindingFailure.MethodUnsupported);
        }

        if (CompactJwt.TryGetPayload(string.IsNullOrEmpty(taken) ? token.Span : taken, out var payload)
            && await enforcer.RefuseEarlyAsync(Context, Scheme.Name, JwtConfirmation.Read(payload)) is { } refused)
        {
            return refused;
        }

        // Only for those who have a token that may be accepted: nobody else waits for keys.
        if (!string.IsNullOrEmpty(taken) || sent == BearerCredentialsReading.Token)
        {
            await _keys!.LookAsync(Context.RequestAborted);
        }

        return null;
    }

    private async ValueTask<Exception?> ExplainAsync(Exception failure)
    {
        if (!await _keys!.ExplainAsync(failure, Context.RequestAborted))
        {
            return null;
        }

        UnjudgedToken.Leave(Context);
        keyTelemetry.Unjudged(Scheme.Name);
        return UnjudgedToken.Failure;
    }
}
