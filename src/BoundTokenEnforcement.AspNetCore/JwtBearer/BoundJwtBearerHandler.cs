using System.Diagnostics;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// The application's own JwtBearer, with the decision about the binding before and after it, where the application's events cannot change it. Also writes the
/// challenge, so that every rejection looks alike.
/// </summary>
internal sealed class BoundJwtBearerHandler(
    IOptionsMonitor<JwtBearerOptions> options,
    JwtBearerLoggers loggers,
    UrlEncoder encoder,
    BindingEnforcer enforcer) : JwtBearerHandler(options, loggers, encoder), IGuardedHandler
{
    private static readonly Exception KeysUnavailable =
        AuthenticateResult.Fail("The access token could not be validated: no signing keys are available at the moment.").Failure!;

    // What JwtBearerEvents does where the application has nothing to do. Another version of it only means that the event is raised for nothing.
    private static readonly Func<TokenValidatedContext, Task> NothingOnTokenValidated = new JwtBearerEvents().OnTokenValidated;

    private SecurityToken? _validatedToken;
    private TokenRecall? _recall;
    private bool? _keysAreMissing;

    protected override async Task InitializeEventsAsync()
    {
        // What the base class finds is final: Options.Events, or EventsType, which replaces them.
        await base.InitializeEventsAsync().ConfigureAwait(false);
        Events = new TokenCapturingEvents(Events, this);
    }

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var validating = base.HandleAuthenticateAsync();
        var deciding = DecideAsync(validating);

        if (!deciding.IsCompletedSuccessfully)
        {
            return deciding.AsTask();
        }

        // An accepted request gets the task of the base class instead of a second one with the same result.
        var decided = deciding.Result;
        return validating.IsCompletedSuccessfully && ReferenceEquals(decided, validating.Result) ? validating : Task.FromResult(decided);
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // RFC 6750 §3.1: no error where no token was sent.
        var failure = (await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false)).Failure;
        var challenger = Context.RequestServices.GetRequiredService<ChallengeWriter>();
        var request = enforcer.RequestOf(Context);
        var error = failure is null || request.IsUnavailable ? null : BearerError.InvalidToken;

        // The application may answer in its own way; what it writes into the context otherwise has no effect.
        var context = new JwtBearerChallengeContext(Context, Scheme, Options, properties) { AuthenticateFailure = failure, Error = error };
        await Events.Challenge(context).ConfigureAwait(false);
        if (context.Handled)
        {
            return;
        }

        if (request.Latest is { Failure: BindingFailure.RequestMalformed, Mode: EnforcementMode.Enforce })
        {
            challenger.RejectRequest(Context, BindingFailure.RequestMalformed);
            return;
        }

        challenger.Challenge(Context, Options.Challenge, error);
    }

    /// <summary>Before validation: rejecting is cheap, and verifying a signature is not. Can only reject.</summary>
    /// <param name="taken">The token that the application's events took from elsewhere; <see langword="null"/> for the one in the header.</param>
    /// <returns>The rejection; <see langword="null"/> if nothing was decided.</returns>
    private async ValueTask<AuthenticateResult?> RejectEarlyAsync(string? taken)
    {
        var sent = BearerCredentials.Read(Request.Headers.Authorization, out var token);
        var enforced = enforcer.RequestOf(Context).Options.ModeOf(Scheme.Name) != EnforcementMode.ReportOnly;

        // RFC 9449 §7.1: there is no proof here that this scheme could check.
        if (string.IsNullOrEmpty(taken) && sent == BearerCredentialsReading.None && DPoPCredentials.AreIn(Request))
        {
            var rejected = await enforcer.ApplyAsync(Context, Scheme.Name, BindingResult.Refused(BindingFailure.MethodUnsupported)).ConfigureAwait(false);
            return enforced ? rejected : null;
        }

        if (enforced && CompactJwt.TryGetPayload(string.IsNullOrEmpty(taken) ? token.Span : taken, out var payload))
        {
            var began = Stopwatch.GetTimestamp();
            var unverified = JwtConfirmation.Read(payload);
            if (enforcer.Evaluate(Context, unverified) is { IsRefused: true } result)
            {
                return await enforcer.ApplyAsync(Context, Scheme.Name, result, unverified.CertificateThumbprint, began: began).ConfigureAwait(false);
            }
        }

        // Only for tokens that may be accepted: other requests do not wait for keys.
        if (!string.IsNullOrEmpty(taken) || sent == BearerCredentialsReading.Token)
        {
            _keysAreMissing = await SigningKeyAvailability.LookAsync(Options, Context).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>After validation.</summary>
    private async ValueTask<AuthenticateResult> DecideAsync(Task<AuthenticateResult> validating)
    {
        var result = await validating.ConfigureAwait(false);
        if (!result.Succeeded)
        {
            return result;
        }

        // Only for tokens that would be accepted: an unauthenticated client must not make the host wait for a body.
        return BearerCredentials.Read(Request.Headers.Authorization, out _) == BearerCredentialsReading.Token && await FormToken.IsInAsync(Request).ConfigureAwait(false)
            ? await enforcer.ApplyAsync(Context, Scheme.Name, BindingResult.Refused(BindingFailure.RequestMalformed), success: result).ConfigureAwait(false)
            : await enforcer.EnforceAsync(Context, Scheme.Name, result, _recall?.Remembered?.Confirmation ?? JwtConfirmation.Read(_validatedToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers from memory, with a copy, where the token was validated before and validation would say the same now. The application's event runs as it does
    /// after a validation.
    /// </summary>
    private async ValueTask RecallAsync(MessageReceivedContext context, JwtBearerEvents application)
    {
        if (Context.RequestServices.GetService<ValidatedIdentities>() is not { } identities
            || identities.GenerationOf(Scheme.Name, Options) is not { } generation
            || !TryGetToken(context.Token, out var token))
        {
            return;
        }

        _recall = identities.Recall(token, generation, Options);
        if (_recall.Remembered is not { } remembered)
        {
            return;
        }

        var validated = new TokenValidatedContext(Context, Scheme, Options) { Principal = remembered.ToPrincipal() };
        validated.Properties.ExpiresUtc = remembered.ExpiresUtc;
        validated.Properties.IssuedUtc = remembered.IssuedUtc;
        if (application.GetType() != typeof(JwtBearerEvents) || application.OnTokenValidated != NothingOnTokenValidated)
        {
            validated.SecurityToken = new JsonWebToken(token.ToString()) { SigningKey = remembered.SigningKey };
            await application.TokenValidated(validated).ConfigureAwait(false);
        }

        if (validated.Result is { Failure: { } failure })
        {
            context.Fail(failure);
            return;
        }

        if (validated.Result is { None: true })
        {
            context.NoResult();
            return;
        }

        if (validated.Result is null && Options.SaveToken)
        {
            validated.Properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token.ToString() }]);
        }

        context.Principal = validated.Result?.Principal ?? validated.Principal;
        context.Properties = validated.Result?.Properties ?? validated.Properties;
        context.Success();
    }

    // The token that the base class will validate.
    private bool TryGetToken(string? taken, out ReadOnlyMemory<char> token)
    {
        token = taken.AsMemory();
        return !string.IsNullOrEmpty(taken) || BearerCredentials.Read(Request.Headers.Authorization, out token) == BearerCredentialsReading.Token;
    }

    /// <returns>What to fail with instead of <paramref name="failure"/> if it was not the token's fault; otherwise <see langword="null"/>.</returns>
    private async ValueTask<Exception?> ExplainAsync(Exception failure)
    {
        if (!await SigningKeyAvailability.ExplainsAsync(Options, _keysAreMissing, failure, Context.RequestAborted).ConfigureAwait(false))
        {
            return null;
        }

        enforcer.RequestOf(Context).MarkKeysUnavailable();
        Context.RequestServices.GetRequiredService<KeyTelemetry>().TokenNotValidated(Scheme.Name);
        return KeysUnavailable;
    }

    /// <summary>
    /// Wraps whatever events the application has, and remembers the token that was validated. Nothing that the application does in
    /// its events reaches what is remembered here.
    /// </summary>
    private sealed class TokenCapturingEvents(JwtBearerEvents inner, BoundJwtBearerHandler handler) : JwtBearerEvents
    {
        public override Task TokenValidated(TokenValidatedContext context)
        {
            // Before the application's event, which could put another token into the context.
            handler._validatedToken = context.SecurityToken;
            handler._recall?.Remember(context);
            return inner.TokenValidated(context);
        }

        public override async Task AuthenticationFailed(AuthenticationFailedContext context)
        {
            // A success that this event declares is not the success of the token.
            handler._validatedToken = null;
            handler._recall = null;
            await inner.AuthenticationFailed(context).ConfigureAwait(false);

            if (context.Result is null && await handler.ExplainAsync(context.Exception).ConfigureAwait(false) is { } failure)
            {
                context.Fail(failure);
            }
        }

        public override async Task MessageReceived(MessageReceivedContext context)
        {
            await inner.MessageReceived(context).ConfigureAwait(false);

            // After the application's event, because only now it is known which token will be used.
            if (context.Result is null && await handler.RejectEarlyAsync(context.Token).ConfigureAwait(false) is { Failure: { } failure })
            {
                context.Fail(failure);
            }
            else if (context.Result is null)
            {
                await handler.RecallAsync(context, inner).ConfigureAwait(false);
            }
        }

        public override Task Forbidden(ForbiddenContext context) => inner.Forbidden(context);

        public override Task Challenge(JwtBearerChallengeContext context) => inner.Challenge(context);
    }
}
