using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A cookie on the same request as a token (AC-030).</summary>
[Requirement("AC-030")]
public sealed class CookieBesideTokenTests
{
    public static TheoryData<string[]> Orders { get; } = new([Setup.Cookies, Setup.Bearer], [Setup.Bearer, Setup.Cookies], [Setup.Cookies]);

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAStolenToken_IsRefusedWithIt(params string[] order)
    {
        await using var api = await StartAsync(order);

        await api.RefusesAsync("/", api.Session() + TestRequests.Stolen);
        await api.RefusesAsync("/", api.Session() + TestRequests.Stolen + (context => context.Connection.ClientCertificate = Api.B));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAProvenToken_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order);

        // Whoever comes last stands first in the merged principal.
        var visit = await api.AdmitsAsync("/", api.Session() + TestRequests.Proven, order[^1] == Setup.Bearer ? "alice" : "carol");

        Assert.Equal(order.Length, visit.User.Identities.Count(identity => identity.IsAuthenticated));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_Alone_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order);

        var visit = await api.AdmitsAsync("/", api.Session(), "carol");

        Assert.Null(visit.Feature);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAnUnboundToken_IsAcceptedWithoutIt(params string[] order)
    {
        await using var api = await StartAsync(order);

        var visit = await api.AdmitsAsync("/", api.Session() + TestRequests.With($"Bearer {Api.Issuer.Issue()}"), "carol");

        Assert.Single(visit.User.Identities);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAStolenTokenAndLeftUnguarded_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order, options => options.ExemptScheme(Setup.Cookies, reason: "a test"));

        var visit = await api.AdmitsAsync("/", api.Session() + TestRequests.Stolen, "carol");

        Assert.Single(visit.User.Identities);
    }

    [Fact]
    public async Task Cookie_BesideAStolenTokenOfAnotherIssuer_IsRefused()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        using var other = new TestTokenIssuer { Issuer = "https://elsewhere.test" };

        await api.RefusesAsync("/", api.Session() + TestRequests.With($"Bearer {other.BoundTo(Api.A)}"), BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task Cookie_BesideATokenInTheQuery_IsJudgedByIt()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        var target = $"/?access_token={Api.Issuer.BoundTo(Api.A)}";

        await api.RefusesAsync(target, api.Session(), BindingFailure.CertificateMissing);
        await api.AdmitsAsync(target, api.Session() + (context => context.Connection.ClientCertificate = Api.A), "carol");
    }

    [Fact]
    public async Task Cookie_BesideATokenSentWithDPoP_IsRefused()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        var token = Api.Issuer.WithConfirmation("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""");

        await api.RefusesAsync("/", api.Session() + TestRequests.With($"DPoP {token}"), BindingFailure.MethodUnsupported);
        await api.AdmitsAsync("/", api.Session() + TestRequests.With($"DPoP {Api.Issuer.Issue()}"), "carol");
    }

    [Fact]
    public async Task Cookie_WithABoundTokenInItsTicket_IsRefusedUnlessNamed()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        await using var named = await StartAsync([Setup.Cookies], options => options.ExemptScheme(Setup.Cookies, reason: "the token is for calls to others"));

        // Whether somebody was let in with it, nobody can tell from the ticket.
        await api.RefusesAsync("/", api.Session("carol", Stores(Api.Issuer.BoundTo(Api.A))), BindingFailure.SchemeNotEnforced);
        await api.AdmitsAsync("/", api.Session("carol", Stores(Api.Issuer.Issue())), "carol");
        await named.AdmitsAsync("/", named.Session("carol", Stores(Api.Issuer.BoundTo(Api.A))), "carol");
    }

    [Fact]
    public async Task Cookie_WithAConfirmationClaimInItsTicket_IsRefusedUnlessNamed()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        await using var named = await StartAsync([Setup.Cookies], options => options.ExemptScheme(Setup.Cookies, reason: "a test"));

        await api.RefusesAsync("/", api.Session("carol", null, new Claim("cnf", """{"x5t#S256":"whatever"}""")), BindingFailure.SchemeNotEnforced);
        await api.AdmitsAsync("/", api.Session("carol", null, new Claim("conf", "whatever")), "carol");
        await named.AdmitsAsync("/", named.Session("carol", null, new Claim("cnf", """{"x5t#S256":"whatever"}""")), "carol");
    }

    [Fact]
    public async Task Challenge_OfTheCookieOnARefusedRequest_IsOurs()
    {
        await using var api = await StartAsync([Setup.Cookies]);

        var refused = await api.SendAsync("/", api.Session() + TestRequests.Stolen);
        var nobody = await api.SendAsync("/", _ => { });

        refused.IsUnauthorized();
        Assert.False(refused.Headers.ContainsKey("Location"));
        Assert.Equal(StatusCodes.Status302Found, nobody.Status);
    }

    [Fact]
    public async Task Challenge_OfTwoSchemesOnARefusedRequest_IsOneInEitherOrder()
    {
        foreach (var order in new string[][] { [Setup.Cookies, Setup.Bearer], [Setup.Bearer, Setup.Cookies] })
        {
            await using var api = await StartAsync(order);

            (await api.SendAsync("/", TestRequests.Stolen)).IsUnauthorized();
        }
    }

    [Fact]
    public async Task Cookie_SignedInWithTheJudgedProperties_IsNotTakenForAJudgement()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie(o => o.SessionStore = new Sessions())],
            (api, app) =>
            {
                app.MapGet("/login", async context =>
                {
                    var judged = await context.AuthenticateAsync("Bearer");
                    await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, judged.Principal!, judged.Properties);
                }).RequireAuthorization();
                api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes(Setup.Cookies).RequireAuthenticatedUser());
            });
        var login = await api.GetAsync("/login", Api.Issuer.BoundTo(Api.A), Api.A);
        var cookie = login.Headers.SetCookie.ToString().Split(';')[0];

        var answer = await api.SendAsync("/", context =>
        {
            context.Request.Headers.Cookie = cookie;
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        });

        Assert.NotEqual(200, answer.Status);
    }

    // The ticket was accepted when the request came in, before the guarded scheme took a token from where nobody else looks.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookie_AskedForAgainAfterARefusedToken_IsRefusedUnlessNamed(bool throughPolicyScheme)
    {
        const string header = "X-Token";
        await using var api = await StartAsync(_ => { });
        await using var named = await StartAsync(options => options.ExemptScheme(Setup.Cookies, reason: "a test"));
        var token = TestRequests.WithHeader(header, Api.Issuer.BoundTo(Api.A));

        await api.RefusesAsync("/", api.Session() + token, BindingFailure.SchemeNotEnforced);
        await api.AdmitsAsync("/", api.Session() + token + (context => context.Connection.ClientCertificate = Api.A), "carol");
        await api.AdmitsAsync("/", api.Session(), "carol");
        await named.AdmitsAsync("/", named.Session() + token, "carol");

        Task<Api> StartAsync(Action<BoundTokenEnforcementOptions> enforcement) => Setup.StartAsync(
            throughPolicyScheme ? "policy" : Setup.Cookies,
            schemes => schemes
                .AddCookie()
                .AddPolicyScheme("policy", null, options => options.ForwardDefault = Setup.Cookies)
                .AddGuarded(options => options.Events = new()
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = context.Request.Headers[header];
                        return Task.CompletedTask;
                    },
                }),
            Setup.Behind(Setup.Bearer, throughPolicyScheme ? "policy" : Setup.Cookies),
            enforcement);
    }

    private static Task<Api> StartAsync(string[] order, Action<BoundTokenEnforcementOptions>? enforcement = null) =>
        Setup.StartAsync(Setup.Cookies, schemes => schemes.AddCookie().AddGuarded(), Setup.Behind(order), enforcement);

    private static Action<AuthenticationProperties> Stores(string token) =>
        properties => properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);

    private sealed class Sessions : ITicketStore
    {
        private readonly Dictionary<string, AuthenticationTicket> _tickets = [];

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            _tickets["1"] = ticket;
            return Task.FromResult("1");
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket) => Task.CompletedTask;

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

        public Task RemoveAsync(string key) => Task.CompletedTask;
    }
}
