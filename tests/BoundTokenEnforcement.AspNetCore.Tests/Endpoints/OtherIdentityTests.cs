using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Where a bound token is demanded, no other identity satisfies (D18), with or without somebody's bound token beside it.</summary>
[Requirement("D18")]
public sealed class OtherIdentityTests
{
    /// <summary>The schemes of the endpoint; the default one if there is none. And whether the others are exempt, which is no help here.</summary>
    public static MatrixTheoryData<string, bool> Schemes { get; } = new(
        ["", Setup.Cookies, Setup.Any, $"{Setup.Cookies},{Setup.Bearer}", $"{Setup.Bearer},{Setup.Any}"], [false, true]);

    [Theory]
    [MemberData(nameof(Schemes))]
    public async Task CookieOrKey_Alone_NeverSatisfies(string schemes, bool leftUnguarded)
    {
        await using var api = await EndpointSetup.StartAsync(
            BindingRequirement.WhenBound,
            (api, app) =>
            {
                api.Map(app, "/demands").RequireAuthorization(Named(schemes)).RequireBoundToken();
                api.Map(app, "/other").RequireAuthorization(Named($"{Setup.Cookies},{Setup.Any}"));
            },
            LeavingUnguarded(leftUnguarded));
        var key = TestRequests.WithHeader("X-Key", "machine");

        // Elsewhere a cookie gets in by itself, and a key where its scheme is named.
        foreach (var (other, subject) in new[]
        {
            (api.Session(), "carol"),
            (key, leftUnguarded ? "machine" : null),
            (api.Session() + key, leftUnguarded ? "machine" : "carol"),
            (api.Session() + EndpointSetup.Unbound, "carol"),
        })
        {
            await api.TurnsAwayAsync("/demands", other);
            if (subject is null)
            {
                await api.RefusesAsync("/other", other, BindingFailure.SchemeNotEnforced);
            }
            else
            {
                await api.AdmitsAsync("/other", other, subject);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookie_BesideABoundTokenOfSomebodyElse_DoesNotSatisfy(bool leftUnguarded)
    {
        // A token and certificate of one's own, and a stolen cookie: the proof belongs to one, the user would be the other.
        await using var api = await EndpointSetup.StartAsync(
            BindingRequirement.WhenBound,
            (api, app) => api.Map(app, "/demands").RequireAuthorization(Named(Setup.Cookies)).RequireBoundToken(),
            LeavingUnguarded(leftUnguarded));

        await api.TurnsAwayAsync("/demands", api.Session("victim") + TestRequests.Proven);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookie_WhereAuthenticationRunsBeforeRouting_DoesNotSatisfy(bool leftUnguarded)
    {
        await using var api = await Api.StartAsync(
            [
                Setup.Schemes(Setup.Cookies, schemes => schemes.AddGuarded().AddCookie().AddAny()),
                Setup.Enforcing(options => options.Requirement = BindingRequirement.WhenBound),
                LeavingUnguarded(leftUnguarded),
            ],
            (api, app) =>
            {
                app.UseAuthentication();
                app.Use(async (context, next) =>
                {
                    // Somebody looks at the token too.
                    await context.AuthenticateAsync(Setup.Bearer);
                    await next(context);
                });
                app.UseRouting();
                app.UseAuthorization();
                api.Map(app, "/demands").RequireBoundToken();
                api.Map(app, "/other").RequireAuthorization();
            });

        await api.TurnsAwayAsync("/demands", api.Session("victim"));
        await api.TurnsAwayAsync("/demands", api.Session("victim") + EndpointSetup.Unbound);
        await api.TurnsAwayAsync("/demands", api.Session("victim") + TestRequests.Proven);
        await api.AdmitsAsync("/other", api.Session("victim") + TestRequests.Proven, "victim");
    }

    [Fact]
    public async Task UnboundToken_BesideABoundTokenOfSomebodyElse_DoesNotSatisfy()
    {
        await using var api = await StartTwoGuardedAsync((api, app) =>
        {
            app.UseAuthentication();
            app.Use(async (context, next) =>
            {
                await context.AuthenticateAsync(Setup.Bearer);
                await next(context);
            });
            app.UseRouting();
            app.UseAuthorization();
            api.Map(app, "/demands").RequireBoundToken();
            api.Map(app, "/other").RequireAuthorization();
        });
        var stolen = TestRequests.WithHeader(Setup.TokenHeader, Api.Issuer.Issue(claims => claims["sub"] = "victim"));

        await api.TurnsAwayAsync("/demands", stolen + TestRequests.Proven);
        await api.AdmitsAsync("/other", stolen + TestRequests.Proven, "victim");
    }

    [Fact]
    public async Task ProvenToken_BesideAnUnboundOneThatIsRefused_Satisfies()
    {
        await using var api = await StartTwoGuardedAsync(
            (api, app) => api.Map(app, "/demands").RequireAuthorization(Named($"second,{Setup.Bearer}")).RequireBoundToken());
        var stolen = TestRequests.WithHeader(Setup.TokenHeader, Api.Issuer.Issue(claims => claims["sub"] = "victim"));

        var visit = await api.AdmitsAsync("/demands", stolen + TestRequests.Proven, "alice");

        Assert.Single(visit.User.Identities);
    }

    // Accepted before it was known where the request goes; asked for again behind routing.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cookie_AskedForAgainWhereABoundTokenIsDemanded_IsRefused(bool leftUnguarded)
    {
        var asked = new List<bool>();
        await using var api = await Api.StartAsync(
            [Setup.Schemes(Setup.Cookies, schemes => schemes.AddGuarded().AddCookie().AddAny()), Setup.Enforcing(), LeavingUnguarded(leftUnguarded)],
            (api, app) =>
            {
                app.UseAuthentication();
                app.UseRouting();
                app.Use(async (context, next) =>
                {
                    asked.Add((await context.AuthenticateAsync(Setup.Cookies)).Succeeded);
                    await next(context);
                });
                app.UseAuthorization();
                api.Map(app, "/demands").RequireBoundToken();
                api.Map(app, "/other").RequireAuthorization();
            });

        await api.TurnsAwayAsync("/demands", api.Session("victim"));
        await api.AdmitsAsync("/other", api.Session("victim"), "victim");

        Assert.Equal([false, true], asked);
    }

    [Theory]
    [InlineData(Setup.Cookies, Setup.Bearer)]
    [InlineData(Setup.Bearer, Setup.Cookies)]
    public async Task ProvenToken_BesideACookie_Satisfies(params string[] order)
    {
        await using var api = await EndpointSetup.StartAsync(
            BindingRequirement.WhenBound, (api, app) => api.Map(app, "/demands").RequireAuthorization(Named(string.Join(',', order))).RequireBoundToken());

        var visit = await api.AdmitsAsync("/demands", api.Session("carol") + TestRequests.Proven, "alice");

        // The cookie was left out.
        Assert.Single(visit.User.Identities);
    }

    /// <summary>A second guarded scheme, the default one, takes its token from another header.</summary>
    private static Task<Api> StartTwoGuardedAsync(Action<Api, WebApplication> map) => Setup.StartAsync(
        "second",
        schemes => schemes.AddGuarded().AddJwtBearer("second", options =>
        {
            Api.Issuer.Configure(options);
            options.MapInboundClaims = false;
            Setup.ReadToken(options);
        }),
        map,
        options => options.Requirement = BindingRequirement.WhenBound);

    // D18: the proof is of one token, the user of another.
    [Theory]
    [InlineData("Bearer,Key")]
    [InlineData("Key,Bearer")]
    [InlineData("Key")]
    [Requirement("D18")]
    public async Task UnguardedKey_BesideAProvenTokenOfSomebodyElse_IsNotLetIn(string schemes)
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o => o.ExemptScheme("Key", reason: "an API key, no token")),
                builder => builder.Services.AddAuthentication("Bearer").AddScheme<OwnHandler.Settings, OwnHandler>("Key", null),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Named(schemes)).RequireBoundToken());

        var answer = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.B;
            context.Request.Headers[OwnHandler.Header] = "the stolen key";
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.B, claims => claims["sub"] = "mallory")}";
        });

        // Where the token is asked for it satisfies, for its own user and for nobody else.
        Assert.Equal(schemes == "Key" ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK, answer.Status);
        Assert.All(api.Visits, visit => Assert.Single(visit.User.Identities));
        Assert.All(api.Visits, visit => Assert.Equal("mallory", visit.Subject));
        Assert.Equal(schemes == "Key" ? 0 : 1, api.Visits.Count);
    }

    private static AuthorizeAttribute Named(string schemes) => new() { AuthenticationSchemes = schemes.Length == 0 ? null : schemes };

    private static Action<WebApplicationBuilder> LeavingUnguarded(bool leftUnguarded) => builder => builder.Services.AddBoundTokenEnforcement(options =>
    {
        if (leftUnguarded)
        {
            options.ExemptScheme(Setup.Cookies, reason: "a test");
            options.ExemptScheme(Setup.Any, reason: "a test");
        }
    });
}
