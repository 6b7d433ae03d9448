using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

public sealed class EndpointAuditTests
{
    private const string Contradiction = "Endpoint 'GET /a' demands a bound token and at the same time allows unbound tokens or everybody. Keep one.";

    [Fact]
    public async Task Endpoints_OfEveryKind_AreGroupedByWhatTheyDemand()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded()], (_, app) =>
        {
            app.MapGet("/open", Nothing);
            app.MapGet("/anonymous", Nothing).RequireAuthorization().AllowAnonymous();
            app.MapGet("/protected", Nothing).RequireAuthorization();
            app.MapPost("/policy", Nothing).RequireAuthorization(policy => policy.RequireAuthenticatedUser());
            app.MapMethods("/demanding", ["PUT", "PATCH"], Nothing).RequireBoundToken();
            app.MapGet("/relaxed", Nothing).RequireAuthorization().AllowUnboundToken();
        });

        Assert.Equal(
            [
                "bound if bound: GET /relaxed",
                "bound token: GET /protected, POST /policy, PUT|PATCH /demanding",
                "open to all: GET /open, GET /anonymous",
            ],
            Lines(report));
    }

    [Fact]
    public async Task Endpoints_WhenBound_OnlyTheDemandingOneDemands()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.WhenBound)], (_, app) =>
        {
            app.MapGet("/protected", Nothing).RequireAuthorization();
            app.MapGet("/demanding", Nothing).RequireBoundToken();
        });

        Assert.Equal(["bound if bound: GET /protected", "bound token: GET /demanding"], Lines(report));
    }

    [Fact]
    public async Task Endpoints_UnderAFallbackPolicy_AreNotOpen()
    {
        var report = await Audited.IsSoundAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build())],
            (_, app) =>
            {
                app.MapGet("/silent", Nothing);
                app.MapGet("/anonymous", Nothing).AllowAnonymous();
            });

        Assert.Equal(["bound token: GET /silent", "open to all: GET /anonymous"], Lines(report));
    }

    [Fact]
    public async Task Endpoints_Many_AreCut()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded()], (_, app) =>
        {
            for (var i = 0; i < 14; i++)
            {
                app.MapGet($"/{i}", Nothing);
            }
        });

        Assert.Equal(["open to all: GET /0, GET /1, GET /2, GET /3, GET /4, GET /5, GET /6, GET /7, GET /8, GET /9, GET /10, GET /11, and 2 more"], Lines(report));
    }

    [Fact]
    public async Task Endpoints_None_IsSound() => Assert.Empty((await Audited.IsSoundAsync([Api.Guarded()], (_, _) => { })).Endpoints);

    [Fact]
    public Task RequireBoundToken_WithAllowUnboundToken_IsAFault() =>
        IsContradictoryAsync(app => app.MapGet("/a", Nothing).RequireBoundToken().AllowUnboundToken());

    [Fact]
    public Task RequireBoundToken_WithAllowAnonymous_IsAFault() =>
        IsContradictoryAsync(app => app.MapGet("/a", Nothing).RequireBoundToken().AllowAnonymous());

    [Fact]
    public Task RequireBoundToken_InAGroupThatAllowsUnboundTokens_IsAFault() =>
        IsContradictoryAsync(app => app.MapGroup("").AllowUnboundToken().MapGet("/a", Nothing).RequireBoundToken());

    [Fact]
    public Task RequireBoundToken_InAGroupThatAllowsEverybody_IsAFault() =>
        IsContradictoryAsync(app => app.MapGroup("").AllowAnonymous().MapGet("/a", Nothing).RequireBoundToken());

    [Fact]
    public Task AllowUnboundToken_InADemandingGroup_IsAFault() =>
        IsContradictoryAsync(app => app.MapGroup("").RequireBoundToken().MapGet("/a", Nothing).AllowUnboundToken());

    [Fact]
    public Task Attributes_ThatContradict_AreAFault() => IsContradictoryAsync(app => app.MapGet("/a", Contradicting));

    [Fact]
    public async Task RequireBoundToken_Alone_IsSound()
    {
        await Audited.IsSoundAsync([Api.Guarded()], (_, app) => app.MapGet("/a", Nothing).RequireBoundToken());
        await Audited.IsSoundAsync([Api.Guarded()], (_, app) => app.MapGroup("").RequireBoundToken().MapGet("/a", Nothing));
        await Audited.IsSoundAsync([Api.Guarded()], (_, app) => app.MapGroup("").AllowUnboundToken().MapGet("/a", Nothing).RequireAuthorization());
    }

    [RequireBoundToken]
    [AllowUnboundToken]
    private static IResult Contradicting() => Results.Ok();

    private static IResult Nothing() => Results.Ok();

    private static Task IsContradictoryAsync(Action<WebApplication> map) =>
        Audited.HasFaultAsync(Contradiction, [Api.Guarded()], (_, app) => map(app));

    private static string[] Lines(BoundTokenAuditReport report) =>
        [.. report.Endpoints.Select(endpoints => $"{endpoints.Demand}: {string.Join(", ", endpoints.Names)}")];
}
