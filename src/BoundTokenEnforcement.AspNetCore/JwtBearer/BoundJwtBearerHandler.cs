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
    ChallengeWriter challenger,
    KeyTelemetry keyTelemetry) : JwtBearerHandler(options, loggers, encoder), IGuardedHandler, ITokenValidationSteps
{
    private TokenCapturingEvents? _capturing;
    private bool? _keysAreMissing;

    protected override async Task InitializeEventsAsync()
    {
        // What the base class finds is final: Options.Events, or EventsType, which replaces them.
        await base.InitializeEventsAsync().ConfigureAwait(false);
        Events = _capturing = new TokenCapturingEvents(Events, this);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var validating = base.HandleAuthenticateAsync();
        var deciding = DecideAsync(validating);

        if (!deciding.IsCompletedSuccessfully)
        {
            return deciding.AsTask();
        }

        // Who is let in gets what the base class answered: no second task for the same.
        var decided = deciding.Result;
        return validating.IsCompletedSuccessfully && ReferenceEquals(decided, validating.Result) ? validating : Task.FromResult(decided);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750 §3.1: no error where no token was sent.
        var failure = (await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false)).Failure;
        var error = failure is null || KeysUnavailable.Decides(Context) ? null : BearerError.InvalidToken;

        // The application may answer in its own way; what it writes into the context otherwise has no effect.
        var context = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = failure, Error = error };
        await Events.Challenge(context).ConfigureAwait(false);
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

    private async ValueTask<AuthenticateResult> DecideAsync(Task<AuthenticateResult> validating)
    {
        var result = await validating.ConfigureAwait(false);
        if (!result.Succeeded)
        {
            return result;
        }

        // Only for tokens that would be accepted: an unauthenticated client must not make the host wait for a body.
        return BearerCredentials.Read(Request.Headers.Authorization, out _) == BearerCredentialsReading.Token && await FormToken.IsInAsync(Request).ConfigureAwait(false)
            ? await enforcer.RefuseAsync(Context, Scheme.Name, result, BindingFailure.RequestMalformed, default).ConfigureAwait(false)
            : await enforcer.EnforceAsync(Context, Scheme.Name, result, JwtConfirmation.Read(_capturing?.ValidatedToken)).ConfigureAwait(false);
    }

    async ValueTask<AuthenticateResult?> ITokenValidationSteps.RefuseEarlyAsync(string? taken)
    {
        var sent = BearerCredentials.Read(Request.Headers.Authorization, out var token);

        // RFC 9449 §7.1: there is no proof here that this scheme could check.
        if (string.IsNullOrEmpty(taken) && sent == BearerCredentialsReading.None && DPoPCredentials.AreIn(Request))
        {
            return await enforcer.RefuseEarlyAsync(Context, Scheme.Name, BindingFailure.MethodUnsupported).ConfigureAwait(false);
        }

        if (CompactJwt.TryGetPayload(string.IsNullOrEmpty(taken) ? token.Span : taken, out var payload)
            && await enforcer.RefuseEarlyAsync(Context, Scheme.Name, JwtConfirmation.Read(payload)).ConfigureAwait(false) is { } refused)
        {
            return refused;
        }

        // Only for tokens that may be accepted: other requests do not wait for keys.
        if (!string.IsNullOrEmpty(taken) || sent == BearerCredentialsReading.Token)
        {
            _keysAreMissing = await SigningKeyAvailability.LookAsync(Options, Context.RequestAborted).ConfigureAwait(false);
        }

        return null;
    }

    async ValueTask<Exception?> ITokenValidationSteps.ExplainsAsync(Exception failure)
    {
        if (!await SigningKeyAvailability.ExplainsAsync(Options, _keysAreMissing, failure, Context.RequestAborted).ConfigureAwait(false))
        {
            return null;
        }

        KeysUnavailable.Leave(Context);
        keyTelemetry.Unjudged(Scheme.Name);
        return KeysUnavailable.Failure;
    }
}
