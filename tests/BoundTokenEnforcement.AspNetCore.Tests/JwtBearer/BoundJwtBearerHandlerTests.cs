using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

public sealed class BoundJwtBearerHandlerTests
{
    public static TheoryData<bool> Both => [true, false];

    [Theory]
    [MemberData(nameof(Both))]
    public async Task MapInboundClaims_EitherWay_BindingIsEnforced(bool map)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.MapInboundClaims = map));

        await api.EnforcesBindingAsync();
        Assert.Equal(map, api.Visits[^1].User.HasClaim(claim => claim.Type == ClaimTypes.NameIdentifier));
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task SaveToken_EitherWay_BindingIsEnforced(bool save)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.SaveToken = save));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task ClaimsTransformation_RemovesTheConfirmation_BindingIsEnforced()
    {
        await using var api = await Api.StartAsync(Api.Guarded(), Transform(identity =>
        {
            foreach (var claim in identity.FindAll("cnf").ToList())
            {
                identity.RemoveClaim(claim);
            }
        }));

        await api.EnforcesBindingAsync();
        Assert.False(api.Visits[^1].User.HasClaim(claim => claim.Type == "cnf"));
    }

    [Fact]
    public async Task ClaimsTransformation_AddsAConfirmation_IsNotABinding()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(), Transform(identity => identity.AddClaim(new Claim("cnf", TestTokenIssuer.ConfirmationOf(Api.B).ToJsonString()))));

        await api.EnforcesBindingAsync();
        (await api.GetAsync(Api.Issuer.Issue(), Api.B)).IsUnauthorized();
    }

    // AC-026
    [Fact]
    [Requirement("AC-026")]
    public async Task AllowAnonymous_BoundTokenWithoutCertificate_RunsWithoutTheUser()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) => api.Map(app, "/").RequireAuthorization().AllowAnonymous());

        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);
        var visit = Assert.Single(api.Visits);
        Assert.False(visit.IsAuthenticated);
        Assert.Empty(visit.User.Claims);
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task UseAuthentication_Missing_BindingIsEnforcedByThePolicysScheme()
    {
        var visits = new List<Visit>();
        using var host = await new HostBuilder().ConfigureWebHost(web => web
            .UseTestServer()
            .ConfigureServices(services =>
            {
                services.AddRouting().AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
                services.AddAuthorization().AddBoundTokenEnforcement();
            })
            .Configure(app => app.UseRouting().UseAuthorization().UseEndpoints(endpoints =>
            {
                endpoints.Map("/scheme", Enter).RequireAuthorization(policy => policy.AddAuthenticationSchemes("Bearer").RequireAuthenticatedUser());
                endpoints.Map("/user", Enter).RequireAuthorization();
            }))).StartAsync(TestContext.Current.CancellationToken);
        using var server = host.GetTestServer();

        Assert.Equal(401, await StatusAsync("/scheme", withCertificate: false));
        Assert.Equal(401, await StatusAsync("/user", withCertificate: false));
        Assert.Equal(401, await StatusAsync("/user", withCertificate: true));
        Assert.Empty(visits);
        Assert.Equal(200, await StatusAsync("/scheme", withCertificate: true));
        Assert.Equal("alice", Assert.Single(visits).Subject);

        Task Enter(HttpContext context)
        {
            visits.Add(Visit.Of(context));
            return Task.CompletedTask;
        }

        async Task<int> StatusAsync(string path, bool withCertificate)
        {
            var answered = await server.SendAsync(
                context =>
                {
                    context.Request.Path = path;
                    context.Connection.ClientCertificate = withCertificate ? Api.A : null;
                    context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
                },
                TestContext.Current.CancellationToken);
            return answered.Response.StatusCode;
        }
    }

    [Fact]
    public async Task UseAuthentication_BehindTheEndpointsAuthorization_StaysClosed()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            api.MapProtected(app);
            app.UseRouting().UseAuthorization().UseAuthentication();
        });

        await api.RefusesAsync("/", null);
    }

    [Fact]
    public async Task AuthenticateAsync_ByHand_TellsTheRefusalAndNoMore()
    {
        AuthenticateResult? result = null;
        await using var api = await Api.StartAsync([Api.Guarded()], (_, app) => app.Map("/", async (HttpContext context) =>
        {
            result = await context.AuthenticateAsync("Bearer");
        }));

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);
        Assert.False(result!.Succeeded);
        Assert.Null(result.Principal);
        Assert.Null(result.Ticket);
        Assert.NotNull(result.Failure);

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);
        Assert.True(result.Succeeded);
    }

    // AC-030
    [Fact]
    [Requirement("AC-030")]
    public async Task Cookie_BesidesAStolenToken_IsRefusedWithIt()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie("Cookies")],
            (api, app) =>
            {
                app.Map("/sign-in", (HttpContext context) => context.SignInAsync("Cookies", new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "bob")], "Cookies"))));
                api.MapProtected(app);
                api.Map(app, "/either").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Cookies", "Bearer").RequireAuthenticatedUser());
            });
        var cookie = (await api.GetAsync("/sign-in", null, null)).Headers.SetCookie.ToString().Split(';')[0];

        (await SendAsync("/", null, Api.Issuer.BoundTo(Api.A))).IsUnauthorized();
        (await SendAsync("/either", null, Api.Issuer.BoundTo(Api.A))).IsUnauthorized();
        (await SendAsync("/either", Api.B, Api.Issuer.BoundTo(Api.A))).IsUnauthorized();
        Assert.Empty(api.Visits);

        Assert.Equal(200, (await SendAsync("/either", null, null)).Status);
        var bob = Assert.Single(api.Visits);
        Assert.Equal("bob", bob.Subject);
        Assert.Single(bob.User.Claims);
        Assert.Equal(200, (await SendAsync("/either", Api.A, Api.Issuer.BoundTo(Api.A))).Status);
        Assert.Equal(BindingOutcome.Verified, api.Visits[^1].Feature?.Outcome);

        Task<Answer> SendAsync(string target, X509Certificate2? certificate, string? token) => api.SendAsync(target, context =>
        {
            context.Connection.ClientCertificate = certificate;
            context.Request.Headers.Cookie = cookie;
            context.Request.Headers.Authorization = token is null ? default : $"Bearer {token}";
        });
    }

    [Fact]
    public async Task OnChallenge_HandleResponse_TheApplicationAnswers()
    {
        await using var api = await StartAsync(context =>
        {
            Assert.Equal("invalid_token", context.Error);
            Assert.NotNull(context.AuthenticateFailure);
            context.HandleResponse();
            context.Response.StatusCode = 418;
            return Task.CompletedTask;
        });

        var answer = await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);

        Assert.Equal(418, answer.Status);
        Assert.Empty(answer.Challenges);
        Assert.Empty(api.Visits);
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task OnChallenge_OtherTexts_HaveNoEffect()
    {
        await using var api = await StartAsync(context =>
        {
            context.Error = "insufficient_scope";
            context.ErrorDescription = "The certificate is missing.";
            context.ErrorUri = "https://evil.example";
            return Task.CompletedTask;
        });

        await api.EnforcesBindingAsync();
    }

    [Fact]
    [Requirement("R6750-3.1-4")]
    public async Task Challenge_NoToken_HasNoError()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        (await api.GetAsync(null, null)).IsRefusal(401, Answer.TokenWanted);
        (await api.GetAsync(null, Api.A)).IsRefusal(401, Answer.TokenWanted);
        (await api.SendAsync("/", context => context.Request.Headers.Authorization = "Basic eDp5")).IsRefusal(401, Answer.TokenWanted);
    }

    [Fact]
    public async Task Challenge_WhateverIsWrong_IsTheSame()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        var bound = Api.Issuer.BoundTo(Api.A);
        string[] bad =
        [
            "garbage",
            JwtTamper.FlipSignatureBit(bound, 3, 1),
            JwtTamper.WithoutAlgorithm(bound, "none", keepSignature: false),
            Api.Issuer.BoundTo(Api.A, claims => claims["exp"] = 1),
            Api.Issuer.BoundTo(Api.A, claims => claims["aud"] = "https://other.test"),
            Api.Issuer.BoundTo(Api.A, claims => claims["iss"] = "https://other.test"),
            Api.Issuer.Issue(),
            Api.Issuer.WithConfirmation("{}"),
            Api.Issuer.WithConfirmation("""{"jkt":"x"}"""),
            Api.Issuer.WithRawMembers("\"exp\":1,\"exp\":9999999999"),
            Api.Issuer.BoundTo(Api.B),
        ];

        foreach (var token in bad)
        {
            (await api.GetAsync(token, Api.A)).IsUnauthorized();
        }

        Assert.Empty(api.Visits);
        await api.AdmitsAsync();
    }

    [Theory]
    [MemberData(nameof(Both))]
    public async Task Challenge_IncludeErrorDetails_MakesNoDifference(bool include)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.IncludeErrorDetails = include));

        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Logger_OfTheApplicationsJwtBearer_KeepsItsName()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await api.AdmitsAsync();

        Assert.Contains(api.Logs.From(typeof(JwtBearerHandler).FullName!), log => log.EventId.Name == "TokenValidationSucceeded");
        Assert.Equal(["BindingVerified"], api.Logs.From(typeof(DecisionTelemetry).FullName!).Select(log => log.EventId.Name));
    }

    private static Task<Api> StartAsync(Func<JwtBearerChallengeContext, Task> onChallenge) =>
        Api.StartAsync(Api.Guarded(options => options.Events = new JwtBearerEvents { OnChallenge = onChallenge }));

    private static Action<WebApplicationBuilder> Transform(Action<ClaimsIdentity> change) =>
        builder => builder.Services.AddSingleton<IClaimsTransformation>(new Transformation(change));

    private sealed class Transformation(Action<ClaimsIdentity> change) : IClaimsTransformation
    {
        public Task<ClaimsPrincipal> TransformAsync(ClaimsPrincipal principal)
        {
            var copy = principal.Clone();
            change((ClaimsIdentity)copy.Identity!);
            return Task.FromResult(copy);
        }
    }
}
