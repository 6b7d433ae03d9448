using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

public sealed class ApplicationEventsTests
{
    private const string Elsewhere = "X-Token";

    private static readonly TestEncryptionKey Key = new();

    private static ClaimsPrincipal Stranger => new(new ClaimsIdentity([new Claim("sub", "stranger")], "event"));

    [Fact]
    public Task Events_None_BindingIsEnforced() => EnforcesAsync(_ => { });

    [Fact]
    public Task Events_ReplacedByTheApplication_BindingIsEnforced() => EnforcesAsync(options => options.Events = new JwtBearerEvents { OnMessageReceived = TakeFromElsewhere });

    [Fact]
    public async Task Events_ReplacedAfterAddBoundTokenEnforcement_BindingIsEnforced()
    {
        await using var api = await Api.StartAsync(Api.Guarded(), builder =>
        {
            builder.Services.Configure<JwtBearerOptions>("Bearer", options => options.Events = new JwtBearerEvents());
            builder.Services.PostConfigureAll<JwtBearerOptions>(options => options.Events = new JwtBearerEvents());
        });

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task EventsType_Set_BindingIsEnforcedAndTheEventsRun()
    {
        var events = new CountingEvents();
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddSingleton(events), Api.Guarded(options => options.EventsType = typeof(CountingEvents)));

        await api.EnforcesBindingAsync();

        // The two that are refused are refused as soon as it is known which token is used: nothing is validated.
        Assert.Equal((3, 1, 0, 2), (events.Received, events.Validated, events.Failed, events.Challenged));
    }

    [Fact]
    public async Task Events_OfTheApplication_AllRun()
    {
        var events = new CountingEvents();
        await using var api = await Api.StartAsync(
            [Api.Guarded(options => options.Events = events)],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.RequireClaim("scope", "none has it")));

        Assert.Equal(403, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
        (await api.GetAsync(JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), Api.A)).IsUnauthorized();

        Assert.Equal((2, 1, 1, 1, 1), (events.Received, events.Validated, events.Failed, events.Challenged, events.Forbade));
    }

    [Fact]
    public Task OnTokenValidated_Success_BindingIsEnforced() => EnforcesAsync(options => options.Events.OnTokenValidated = context =>
    {
        context.Success();
        return Task.CompletedTask;
    });

    [Fact]
    public async Task OnTokenValidated_SuccessWithAnotherPrincipal_BindingIsEnforced()
    {
        await using var api = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            context.Principal = Stranger;
            context.Success();
            return Task.CompletedTask;
        });

        await api.RefusesAsync("/", null);
        await api.RefusesAsync("/", Api.B);
        (await SendPastTheFirstLookAsync(api, null)).IsUnauthorized();
        (await SendPastTheFirstLookAsync(api, Api.B)).IsUnauthorized();
        Assert.Empty(api.Visits);
        await api.AdmitsAsync(subject: "stranger");
    }

    [Fact]
    public Task OnTokenValidated_PutsAnUnboundTokenInPlace_BindingIsEnforced() =>
        EnforcesAsync(WithSecurityToken(Api.Issuer.Issue()), enforcement => enforcement.Requirement = BindingRequirement.WhenBound);

    [Fact]
    public Task OnTokenValidated_PutsATokenOfTheCallerInPlace_BindingIsEnforced() => EnforcesAsync(WithSecurityToken(Api.Issuer.BoundTo(Api.B)));

    [Fact]
    public Task OnTokenValidated_RemovesTheToken_BindingIsEnforced() => EnforcesAsync(options => options.Events.OnTokenValidated = context =>
    {
        context.SecurityToken = null!;
        return Task.CompletedTask;
    });

    [Fact]
    public async Task OnTokenValidated_Fails_Refused()
    {
        await using var api = await StartAsync(options => options.Events.OnTokenValidated = context =>
        {
            context.Fail("Not today.");
            return Task.CompletedTask;
        });

        await api.RefusesAsync("/", Api.A);
    }

    [Fact]
    public async Task OnTokenValidated_Throws_NobodyGetsIn()
    {
        await using var api = await StartAsync(options => options.Events.OnTokenValidated = _ => throw new InvalidOperationException("Thrown by an event."));

        await api.RefusesAsync("/", null);
        await Assert.ThrowsAsync<InvalidOperationException>(() => api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A));
        await Assert.ThrowsAsync<InvalidOperationException>(() => SendPastTheFirstLookAsync(api, null));

        Assert.Empty(api.Visits);
    }

    // The token was validated, yet what succeeds is the event and not the token.
    [Fact]
    public async Task OnAuthenticationFailed_SuccessAfterOnTokenValidatedThrew_RefusedEvenWithTheCertificate()
    {
        await using var api = await StartAsync(options =>
        {
            options.Events.OnTokenValidated = _ => throw new InvalidOperationException("Thrown by an event.");
            options.Events.OnAuthenticationFailed = Succeed;
        });

        await api.RefusesAsync("/", Api.A);
        (await SendPastTheFirstLookAsync(api, null)).IsUnauthorized();
        Assert.Empty(api.Visits);
        Assert.Equal(2, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, "ValidatedTokenMissing"));
    }

    [Fact]
    public async Task OnAuthenticationFailed_SuccessForATamperedToken_RefusedEvenWithTheCertificate()
    {
        await using var api = await StartAsync(options => options.Events.OnAuthenticationFailed = Succeed);
        var tampered = JwtTamper.WithPayload(Api.Issuer.BoundTo(Api.A), claims => claims["sub"] = "admin");

        (await api.GetAsync(tampered, null)).IsUnauthorized();
        (await api.GetAsync(tampered, Api.A)).IsUnauthorized();

        Assert.Empty(api.Visits);
        await api.AdmitsAsync();
    }

    [Theory]
    [InlineData(BindingRequirement.Required)]
    [InlineData(BindingRequirement.WhenBound)]
    public async Task OnMessageReceived_Success_RefusedEvenWithTheCertificate(BindingRequirement requirement)
    {
        await using var api = await StartAsync(
            options => options.Events.OnMessageReceived = context =>
            {
                context.Principal = Stranger;
                context.Success();
                return Task.CompletedTask;
            },
            enforcement => enforcement.Requirement = requirement);

        await api.RefusesAsync("/", null);
        await api.RefusesAsync("/", Api.A);
        (await api.GetAsync(null, Api.A)).IsUnauthorized();
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task OnMessageReceived_TakesTheTokenFromElsewhere_ThatTokenCounts()
    {
        await using var api = await StartAsync(_ => { });

        var stolen = await SendElsewhereAsync(api, null);
        var own = await SendElsewhereAsync(api, Api.A);

        stolen.IsUnauthorized();
        Assert.Equal(200, own.Status);
        Assert.Equal("alice", Assert.Single(api.Visits).Subject);
    }

    // Held: the decision is about the token that was validated, wherever it came from.
    [Fact]
    public async Task OnMessageReceived_TakesAStolenTokenFromElsewhereBesideAnOwnOne_IsRefused()
    {
        await using var api = await Api.StartAsync(Api.Guarded(jwt: o =>
        {
            o.SaveToken = false;
            o.Events = new JwtBearerEvents { OnMessageReceived = TakeFromElsewhere };
        }));

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.B;
            context.Request.Headers[Elsewhere] = Api.Issuer.BoundTo(Api.A);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.B)}";
        });

        answer.IsUnauthorized();
    }

    // "Nothing in the existing code changes": the token that this API reads stands in a header of its own, a gateway's in Authorization.
    [Fact]
    public async Task OnMessageReceived_TakesTheTokenFromElsewhereBesideAGatewaysOne_OwnerGetsIn()
    {
        await using var api = await Api.StartAsync(Api.Guarded(jwt: o => o.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                context.Token = context.Request.Headers[Elsewhere];
                return Task.CompletedTask;
            },
        }));

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers[Elsewhere] = Api.Issuer.BoundTo(Api.A);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.Issue()}";
        });

        Assert.Equal(200, answer.Status);
    }

    private static Task Succeed(AuthenticationFailedContext context)
    {
        context.Principal = Stranger;
        context.Success();
        return Task.CompletedTask;
    }

    private static Action<JwtBearerOptions> WithSecurityToken(string token) => options => options.Events.OnTokenValidated = context =>
    {
        context.SecurityToken = new JsonWebToken(token);
        return Task.CompletedTask;
    };

    private static async Task EnforcesAsync(Action<JwtBearerOptions> jwt, Action<BoundTokenEnforcementOptions>? enforcement = null)
    {
        await using var api = await StartAsync(jwt, enforcement);

        await api.EnforcesBindingAsync();

        var before = api.Visits.Count;
        (await SendPastTheFirstLookAsync(api, null)).IsUnauthorized();
        (await SendPastTheFirstLookAsync(api, Api.B)).IsUnauthorized();
        Assert.Equal(before, api.Visits.Count);
        Assert.Equal(200, (await SendPastTheFirstLookAsync(api, Api.A)).Status);
        Assert.Equal(before + 1, api.Visits.Count);
    }

    /// <summary>
    /// A stolen token that anybody can read is refused before it is validated. This one is encrypted, so that the decision after the events is the
    /// only one.
    /// </summary>
    private static Task<Answer> SendPastTheFirstLookAsync(Api api, X509Certificate2? certificate) =>
        api.GetAsync(Key.Encrypt(Api.Issuer.BoundTo(Api.A), _ => { }), certificate);

    private static Task<Answer> SendElsewhereAsync(Api api, X509Certificate2? certificate) => api.SendAsync("/", context =>
    {
        context.Connection.ClientCertificate = certificate;
        context.Request.Headers[Elsewhere] = Api.Issuer.BoundTo(Api.A);
    });

    private static Task TakeFromElsewhere(MessageReceivedContext context)
    {
        context.Token = context.Request.Headers[Elsewhere];
        return Task.CompletedTask;
    }

    private static Task<Api> StartAsync(Action<JwtBearerOptions> jwt, Action<BoundTokenEnforcementOptions>? enforcement = null) => Api.StartAsync(Api.Guarded(
        options =>
        {
            options.TokenValidationParameters.TokenDecryptionKey = Key.PrivateSecurityKey();
            options.TokenValidationParameters.ValidTypes = null;
            options.Events = new JwtBearerEvents { OnMessageReceived = TakeFromElsewhere };
            jwt(options);
        },
        enforcement));

    private sealed class CountingEvents : JwtBearerEvents
    {
        public int Received { get; private set; }

        public int Validated { get; private set; }

        public int Failed { get; private set; }

        public int Challenged { get; private set; }

        public int Forbade { get; private set; }

        public override Task MessageReceived(MessageReceivedContext context) => Count(() => Received++);

        public override Task TokenValidated(TokenValidatedContext context) => Count(() => Validated++);

        public override Task AuthenticationFailed(AuthenticationFailedContext context) => Count(() => Failed++);

        public override Task Challenge(JwtBearerChallengeContext context) => Count(() => Challenged++);

        public override Task Forbidden(ForbiddenContext context) => Count(() => Forbade++);

        private static Task Count(Action count)
        {
            count();
            return Task.CompletedTask;
        }
    }
}
