using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A handler that we do not know has accepted a request.</summary>
public sealed class UnjudgedSuccessTests
{
    [Fact]
    public async Task UnknownHandler_UnboundToken_IsAccepted()
    {
        await using var api = await StartAsync();

        await api.AdmitsAsync("/", Knocking.With($"Bearer {Api.Issuer.Issue()}"), "whoever");
        await api.AdmitsAsync("/", Knocking.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task UnknownHandler_BoundToken_IsRefusedEvenWithItsCertificate()
    {
        await using var api = await StartAsync();

        await api.RefusesAsync("/", Knocking.Stolen, BindingFailure.SchemeUnguarded);
        await api.RefusesAsync("/", Knocking.Proven, BindingFailure.SchemeUnguarded);
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

        var answer = await api.SendAsync("/", Knocking.With(authorization));

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

        await api.RefusesAsync("/", Knocking.With($"Bearer {Api.Issuer.SignRaw("{}", payload)}"), BindingFailure.SchemeUnguarded);
    }

    [Fact]
    public async Task UnknownHandler_TokenInTheQuery_IsSeen()
    {
        await using var api = await StartAsync(subject: request => request.Query["access_token"]);

        await api.RefusesAsync($"/?access_token={Api.Issuer.BoundTo(Api.A)}", _ => { }, BindingFailure.SchemeUnguarded);
        await api.AdmitsAsync("/?access_token=opaque", _ => { }, "opaque");
    }

    [Fact]
    public async Task UnknownHandler_LeavesTheClaim_IsRefused()
    {
        await using var api = await StartAsync(finish: (_, success) => With(success, new Claim("cnf", """{"x5t#S256":"whatever"}""")));
        await using var other = await StartAsync(finish: (_, success) => With(success, new Claim("conf", "whatever")));

        // The token itself says nothing: an opaque one, with the claims from somewhere else.
        await api.RefusesAsync("/", Knocking.With("Bearer opaque"), BindingFailure.SchemeUnguarded);
        await other.AdmitsAsync("/", Knocking.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task UnknownHandler_StoresABoundToken_IsRefused()
    {
        await using var api = await StartAsync(finish: (_, success) => Storing(success, Api.Issuer.BoundTo(Api.A)));
        await using var other = await StartAsync(finish: (_, success) => Storing(success, Api.Issuer.Issue()));

        await api.RefusesAsync("/", Knocking.With("Bearer opaque"), BindingFailure.SchemeUnguarded);
        await other.AdmitsAsync("/", Knocking.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task UnknownHandler_LeftUnguarded_IsAccepted()
    {
        await using var api = await StartAsync(options => options.LeaveUnguarded(Setup.Any, because: "a test"));

        await api.AdmitsAsync("/", Knocking.Stolen, "whoever");
    }

    [Fact]
    public async Task UnknownHandler_TicketNamesASchemeThatIsNot_IsRefused()
    {
        await using var api = await StartAsync(finish: (_, success) =>
            ValueTask.FromResult(AuthenticateResult.Success(new AuthenticationTicket(success.Principal!, success.Properties, "nowhere"))));

        await api.RefusesAsync("/", Knocking.Stolen, BindingFailure.SchemeUnguarded);
        await api.RefusesAsync("/", Knocking.Proven, BindingFailure.SchemeUnguarded);
        await api.AdmitsAsync("/", Knocking.With("Bearer opaque"), "whoever");
    }

    [Fact]
    public async Task OtherScheme_AfterARefusedToken_IsRefusedWithIt()
    {
        // The token travels where only the guarded scheme finds it, so that nothing but its refusal tells.
        await using var api = await Setup.StartAsync(
            Setup.Bearer,
            schemes => schemes.AddGuarded(Setup.ReadToken).AddAny(options => options.Subject = EndpointSetup.Key),
            Setup.Behind(Setup.Bearer, Setup.Any));
        var key = Knocking.WithHeader("X-Key", "machine");
        var token = Knocking.WithHeader(Setup.TokenHeader, Api.Issuer.BoundTo(Api.A));

        await api.RefusesAsync("/", key + token, BindingFailure.SchemeUnguarded);
        var both = await api.AdmitsAsync("/", key + token + (context => context.Connection.ClientCertificate = Api.A), "machine");
        await api.AdmitsAsync("/", key, "machine");
        await api.AdmitsAsync("/", key + Knocking.WithHeader(Setup.TokenHeader, Api.Issuer.Issue()), "machine");

        Assert.Equal(2, both.User.Identities.Count());
    }

    [Fact]
    public async Task OtherScheme_AfterARefusedTokenAndLeftUnguarded_IsAccepted()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer, schemes => schemes.AddGuarded().AddAny(), Setup.Behind(Setup.Bearer, Setup.Any), options => options.LeaveUnguarded(Setup.Any, "a test"));

        await api.AdmitsAsync("/", Knocking.Stolen, "whoever");
    }

    [Fact]
    public async Task GuardedScheme_LeftUnguarded_IsPlainJwtBearer()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer, schemes => schemes.AddGuarded(), Setup.Behind(), options => options.LeaveUnguarded(Setup.Bearer, "a test"));

        Assert.Null((await api.AdmitsAsync("/", Knocking.Stolen, "alice")).Feature);
    }

    [Fact]
    public async Task HandMadeCall_OfAnUnknownHandler_IsRefused()
    {
        await using var api = await Setup.StartAsync(
            null, schemes => schemes.AddCookie().AddAny(), (_, app) => app.MapGet("/", async context =>
            {
                var result = await context.AuthenticateAsync(Setup.Any);
                await context.Response.WriteAsync($"{result.Succeeded} {result.Failure?.Message}");
            }));

        Assert.Equal("False The binding of the access token was not verified.", (await api.SendAsync("/", Knocking.Proven)).Body);
        Assert.Equal("True ", (await api.SendAsync("/", Knocking.With("Bearer opaque"))).Body);
    }

    [Fact]
    public async Task HandlerThatAsksTheGuardedScheme_IsCoveredByItsJudgement()
    {
        await using var api = await Setup.StartAsync(
            Setup.Any,
            schemes => schemes.AddGuarded().AddAny(options => options.Finish = async (context, _) => await context.AuthenticateAsync(Setup.Bearer)),
            Setup.Behind());

        await api.RefusesAsync("/", Knocking.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", Knocking.Proven, "alice");
    }

    [Fact]
    public async Task Transformation_ThatRebuildsThePrincipal_KeepsTheJudgement()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer,
            schemes => schemes.AddGuarded().Services.AddSingleton<IClaimsTransformation, Rebuilding>(),
            Setup.Behind());

        await api.RefusesAsync("/", Knocking.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", Knocking.Proven, "alice");
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
