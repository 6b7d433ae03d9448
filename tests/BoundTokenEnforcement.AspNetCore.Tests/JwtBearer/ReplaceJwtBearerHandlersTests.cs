using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

public sealed class ReplaceJwtBearerHandlersTests
{
    [Fact]
    public async Task Scheme_AddedBefore_IsGuarded()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure),
            builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement());

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Scheme_AddedAfter_IsGuarded()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(),
            builder => builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Schemes_Several_AreAllGuarded()
    {
        await using var api = await Api.StartAsync(
            [
                builder => builder.Services.AddAuthentication("one").AddJwtBearer("one", Api.Issuer.Configure),
                builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(),
                builder => builder.Services.AddAuthentication().AddJwtBearer("two", Api.Issuer.Configure),
                builder => builder.Services.Configure<AuthenticationOptions>(options => options.AddScheme<JwtBearerHandler>("three", null)),
                builder => builder.Services.Configure<JwtBearerOptions>("three", Api.Issuer.Configure),
            ],
            (api, app) =>
            {
                foreach (var scheme in new[] { "one", "two", "three" })
                {
                    api.Map(app, $"/{scheme}").RequireAuthorization(policy => policy.AddAuthenticationSchemes(scheme).RequireAuthenticatedUser());
                }
            });

        foreach (var scheme in new[] { "one", "two", "three" })
        {
            await api.EnforcesBindingAsync($"/{scheme}");
            Assert.Equal(scheme, api.Visits[^1].Feature?.Scheme);
        }
    }

    [Fact]
    public async Task Schemes_SeveralInOnePolicy_AreOneRefusal()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("two", Api.Issuer.Configure),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Bearer", "two").RequireAuthenticatedUser()));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task PolicyScheme_ForwardingToJwtBearer_IsGuarded()
    {
        await using var api = await Api.StartAsync(Api.Guarded(), builder => builder.Services.AddAuthentication("any")
            .AddPolicyScheme("any", null, options => options.ForwardDefaultSelector = _ => "Bearer"));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task ForwardDefaultSelector_ToAGuardedScheme_IsGuarded()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(options => options.ForwardDefaultSelector = _ => "two"),
            builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("two", Api.Issuer.Configure));

        await api.EnforcesBindingAsync();
        Assert.Equal("two", api.Visits[^1].Feature?.Scheme);
    }

    [Fact]
    public async Task LeaveUnguarded_OneScheme_FailsOpenThereAndOnlyThere()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: options => options.ExemptScheme("legacy", reason: "it ends in spring")),
                builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("legacy", Api.Issuer.Configure),
            ],
            (api, app) =>
            {
                api.MapProtected(app);
                api.Map(app, "/legacy").RequireAuthorization(policy => policy.AddAuthenticationSchemes("legacy").RequireAuthenticatedUser());
            });

        Assert.Equal(200, (await api.GetAsync("/legacy", Api.Issuer.BoundTo(Api.A), null)).Status);
        Assert.Null(api.Visits[^1].Feature?.Binding);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task LeaveUnguarded_InOtherCase_IsAnotherScheme()
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: options =>
        {
            options.ExemptScheme("bearer", reason: "a slip");
            options.Audit = AuditFailureBehavior.Log;
        }));

        await api.EnforcesBindingAsync();
    }

    // Taking a scheme out of the guard is a line of code with a reason, never a setting.
    [Fact]
    public async Task UnguardedSchemes_InConfiguration_HaveNoEffect()
    {
        await using var api = await Api.StartAsync(Api.Settings(("BoundTokens:ExemptSchemes:Bearer", "because")), Api.Guarded());

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task AddBoundTokenEnforcement_Twice_JudgesOnce()
    {
        await using var api = await Api.StartAsync(Api.Guarded(), builder => builder.Services.AddBoundTokenEnforcement());

        await api.EnforcesBindingAsync();

        Assert.Equal(3, api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName).Count);
    }

    [Fact]
    public async Task AddBoundTokenEnforcement_WithoutAnySchemeAndOnlyWarned_ProtectedEndpointsStayClosed()
    {
        await using var api = await Api.StartAsync(
            [builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(options => options.Audit = AuditFailureBehavior.Log)],
            (api, app) =>
            {
                api.Map(app, "/public");
                api.MapProtected(app);
            });

        Assert.Equal(200, (await api.GetAsync("/public", Api.Issuer.BoundTo(Api.A), Api.A)).Status);
        Assert.False(Assert.Single(api.Visits).IsAuthenticated);
        await Assert.ThrowsAsync<InvalidOperationException>(() => api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A));
        Assert.Single(api.Visits);
    }

    [Fact]
    public async Task Handler_OfAnotherType_IsLeftAlone()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(enforcement: options => options.Audit = AuditFailureBehavior.Log),
            builder => builder.Services.AddAuthentication("other").AddScheme<AuthenticationSchemeOptions, NobodyHandler>("other", null));
        var schemes = api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>();

        Assert.Equal(typeof(NobodyHandler), (await schemes.GetSchemeAsync("other"))!.HandlerType);
        Assert.Equal(typeof(BoundJwtBearerHandler), (await schemes.GetSchemeAsync("Bearer"))!.HandlerType);
    }

    // A handler of the application's own in the place of JwtBearer's checks more, and must not vanish.
    [Fact]
    public async Task HandlerReplacedInTheContainer_Unnamed_HostDoesNotStart()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => Api.StartAsync(
            Api.Guarded(), builder => builder.Services.AddTransient<JwtBearerHandler, RevocationCheckingHandler>()));

        Assert.Contains(failure.Report.Faults, fault => fault.StartsWith("Scheme 'Bearer' may accept access tokens, but their binding is not enforced.", StringComparison.Ordinal));
        Assert.False(Assert.Single(failure.Report.Schemes).IsEnforced);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HandlerReplacedInTheContainer_LeftUnguarded_ItsOwnCheckStaysInForce(bool enforced)
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
            builder.Services.AddAuthorization();
            builder.Services.AddTransient<JwtBearerHandler, RevocationCheckingHandler>();
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement(options =>
                {
                    options.ExemptScheme("Bearer", reason: "it asks whether tokens are revoked");
                    options.Audit = AuditFailureBehavior.Log;
                });
            }
        });

        Assert.Equal(401, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
        Assert.Empty(api.Visits);
    }

    private sealed class NobodyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }

    private sealed class RevocationCheckingHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : JwtBearerHandler(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.Fail("revoked"));
    }
}
