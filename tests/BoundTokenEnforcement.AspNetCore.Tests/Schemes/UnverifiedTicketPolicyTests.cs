using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A handler that we do not know has accepted a request.</summary>
public sealed class UnverifiedTicketPolicyTests
{
    private const string TokenHeader = "X-Token";

    // Which token it took, and what that says, nobody knows: not even that it is unbound.
    [Fact]
    public async Task UnknownHandler_UnboundOrOpaqueToken_IsRefusedUnlessNamed()
    {
        await using var api = await StartAsync();
        await using var named = await StartAsync(Named);

        foreach (var token in new[] { Api.Issuer.Issue(), "opaque" })
        {
            await api.RefusesAsync("/", TestRequests.With($"Bearer {token}"), BindingFailure.SchemeNotEnforced);
            await named.AdmitsAsync("/", TestRequests.With($"Bearer {token}"), "whoever");
        }
    }

    [Theory]
    [InlineData(BindingRequirement.Required)]
    [InlineData(BindingRequirement.WhenBound)]
    public async Task UnknownHandler_WhateverIsRequired_IsRefused(BindingRequirement requirement)
    {
        await using var api = await StartAsync(options => options.Requirement = requirement);

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task UnknownHandler_BoundToken_IsRefusedEvenWithItsCertificate()
    {
        await using var api = await StartAsync();

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await api.RefusesAsync("/", TestRequests.Proven, BindingFailure.SchemeNotEnforced);
    }

    [Theory]
    [InlineData("Bearer\t{0}")]
    [InlineData("{0}")]
    [InlineData("Token {0}")]
    [InlineData("DPoP {0}")]
    [InlineData("token={0}")]
    public async Task UnknownHandler_BoundTokenInAnyScheme_IsRefused(string form)
    {
        await using var api = await StartAsync(options => options.Mode = EnforcementMode.Enforce);
        var authorization = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, Api.Issuer.BoundTo(Api.A));
        var before = api.Visits.Count;

        var answer = await api.SendAsync("/", TestRequests.With(authorization));

        FailOpen.Count(api.Visits.Count > before);
        Assert.Equal(before, api.Visits.Count);
        Assert.Contains(answer.Status, new[] { StatusCodes.Status401Unauthorized, StatusCodes.Status400BadRequest });
    }

    [Theory]
    [InlineData("""{"cnf":""")]
    [InlineData("""{"cnf":null}""")]
    [InlineData("""{"cnf":{}}""")]
    [InlineData("""{"cnf":{"jkt":"x"}}""")]
    [InlineData("""{"cnf":{"x5t#S256":"x"},"cnf":1}""")]
    public async Task UnknownHandler_TokenThatCannotBeUnderstood_IsRefused(string payload)
    {
        await using var api = await StartAsync();

        await api.RefusesAsync("/", TestRequests.With($"Bearer {Api.Issuer.SignRaw("{}", payload)}"), BindingFailure.SchemeNotEnforced);
    }

    [Fact]
    public async Task UnknownHandler_TokenInTheQuery_IsRefusedUnlessNamed()
    {
        await using var api = await StartAsync(subject: request => request.Query["access_token"]);
        await using var named = await StartAsync(Named, subject: request => request.Query["access_token"]);

        await api.RefusesAsync($"/?access_token={Api.Issuer.BoundTo(Api.A)}", _ => { }, BindingFailure.SchemeNotEnforced);
        await api.RefusesAsync("/?access_token=opaque", _ => { }, BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/?access_token=opaque", _ => { }, "opaque");
    }

    [Fact]
    public async Task UnknownHandler_LeavesTheClaim_IsRefused()
    {
        Func<HttpContext, AuthenticateResult, ValueTask<AuthenticateResult>> finish = (_, success) => With(success, new Claim("cnf", """{"x5t#S256":"whatever"}"""));
        await using var api = await StartAsync(finish: finish);
        await using var named = await StartAsync(Named, finish: finish);

        // The token itself says nothing: an opaque one, with the claims from somewhere else.
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/", TestRequests.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task UnknownHandler_StoresABoundToken_IsRefused()
    {
        await using var api = await StartAsync(finish: (_, success) => Storing(success, Api.Issuer.BoundTo(Api.A)));
        await using var named = await StartAsync(Named, finish: (_, success) => Storing(success, Api.Issuer.BoundTo(Api.A)));

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/", TestRequests.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task UnknownHandler_LeftUnguarded_IsAccepted()
    {
        await using var api = await StartAsync(options => options.ExemptScheme(Setup.Any, reason: "a test"));

        await api.AdmitsAsync("/", TestRequests.Stolen, "whoever");
    }

    [Fact]
    public async Task UnknownHandler_TicketNamesASchemeThatIsNot_TheOneThatWasAskedCounts()
    {
        await using var api = await StartAsync(finish: NameNowhere);
        await using var named = await StartAsync(Named, finish: NameNowhere);
        await using var misnamed = await StartAsync(options => options.ExemptScheme("nowhere", reason: "a test"), finish: NameNowhere);

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
        await misnamed.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/", TestRequests.With("Bearer opaque"), "whoever");

        static ValueTask<AuthenticateResult> NameNowhere(HttpContext context, AuthenticateResult success) =>
            ValueTask.FromResult(AuthenticateResult.Success(new AuthenticationTicket(success.Principal!, success.Properties, "nowhere")));
    }

    [Fact]
    public async Task OtherScheme_AfterARefusedToken_IsRefusedWithIt()
    {
        // The token travels where only the guarded scheme finds it, so that nothing but its refusal tells.
        await using var api = await Setup.StartAsync(
            Setup.Bearer,
            schemes => schemes.AddGuarded(Read).AddCookie(),
            Setup.Behind(Setup.Bearer, Setup.Cookies));
        var token = TestRequests.WithHeader(TokenHeader, Api.Issuer.BoundTo(Api.A));

        await api.RefusesAsync("/", api.Session() + token, BindingFailure.SchemeNotEnforced);
        var both = await api.AdmitsAsync("/", api.Session() + token + (context => context.Connection.ClientCertificate = Api.A), "carol");
        await api.AdmitsAsync("/", api.Session(), "carol");
        await api.AdmitsAsync("/", api.Session() + TestRequests.WithHeader(TokenHeader, Api.Issuer.Issue()), "carol");

        Assert.Equal(2, both.User.Identities.Count());
    }

    [Fact]
    public async Task OtherScheme_AfterARefusedTokenAndLeftUnguarded_IsAccepted()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer, schemes => schemes.AddGuarded().AddAny(), Setup.Behind(Setup.Bearer, Setup.Any), options => options.ExemptScheme(Setup.Any, "a test"));

        await api.AdmitsAsync("/", TestRequests.Stolen, "whoever");
    }

    [Fact]
    public async Task GuardedScheme_LeftUnguarded_IsPlainJwtBearer()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer, schemes => schemes.AddGuarded(), Setup.Behind(), options => options.ExemptScheme(Setup.Bearer, "a test"));

        Assert.Null((await api.AdmitsAsync("/", TestRequests.Stolen, "alice")).Feature);
    }

    [Fact]
    public async Task HandMadeCall_OfAnUnknownHandler_IsRefused()
    {
        await using var api = await StartAsync(_ => { });
        await using var named = await StartAsync(Named);

        Assert.Equal("False The binding of the access token was not verified.", (await api.SendAsync("/", TestRequests.Proven)).Body);
        Assert.Equal("False The binding of the access token was not verified.", (await api.SendAsync("/", TestRequests.With("Bearer opaque"))).Body);
        Assert.Equal("True ", (await named.SendAsync("/", TestRequests.With("Bearer opaque"))).Body);

        static Task<Api> StartAsync(Action<BoundTokenEnforcementOptions> enforcement) => Setup.StartAsync(
            null,
            schemes => schemes.AddCookie().AddAny(),
            (_, app) => app.MapGet("/", async context =>
            {
                var result = await context.AuthenticateAsync(Setup.Any);
                await context.Response.WriteAsync($"{result.Succeeded} {result.Failure?.Message}");
            }),
            enforcement);
    }

    [Fact]
    public async Task HandlerThatAsksTheGuardedScheme_IsCoveredByItsJudgement()
    {
        await using var api = await Setup.StartAsync(
            Setup.Any,
            schemes => schemes.AddGuarded().AddAny(options => options.Finish = async (context, _) => await context.AuthenticateAsync(Setup.Bearer)),
            Setup.Behind());

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", TestRequests.Proven, "alice");
    }

    [Fact]
    public async Task Transformation_ThatRebuildsThePrincipal_KeepsTheJudgement()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer,
            schemes => schemes.AddGuarded().Services.AddSingleton<IClaimsTransformation, Rebuilding>(),
            Setup.Behind());

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", TestRequests.Proven, "alice");
    }

    private static Task<Api> StartAsync(
        Action<BoundTokenEnforcementOptions>? enforcement = null,
        Func<HttpRequest, string?>? subject = null,
        Func<HttpContext, AuthenticateResult, ValueTask<AuthenticateResult>>? finish = null) =>
        Setup.StartAsync(
            Setup.Any,
            schemes => schemes.AddAny(options =>
            {
                options.Subject = subject ?? options.Subject;
                options.Finish = finish ?? options.Finish;
            }),
            Setup.Behind(),
            enforcement);

    private static void Named(BoundTokenEnforcementOptions options) => options.ExemptScheme(Setup.Any, reason: "a test");

    private static void Read(Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerOptions options) =>
        options.Events = new()
        {
            OnMessageReceived = context =>
            {
                context.Token = context.Request.Headers[TokenHeader];
                return Task.CompletedTask;
            },
        };

    private static ValueTask<AuthenticateResult> With(AuthenticateResult success, Claim claim)
    {
        ((ClaimsIdentity)success.Principal!.Identity!).AddClaim(claim);
        return ValueTask.FromResult(success);
    }

    private static ValueTask<AuthenticateResult> Storing(AuthenticateResult success, string token)
    {
        success.Properties!.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
        return ValueTask.FromResult(success);
    }

    private sealed class Rebuilding : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal) =>
            Task.FromResult(new ClaimsPrincipal(new ClaimsIdentity(principal.Claims, "rebuilt")));
    }
}
