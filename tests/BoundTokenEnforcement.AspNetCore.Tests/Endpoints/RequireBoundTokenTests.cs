using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class RequireBoundTokenTests
{
    [Fact]
    public async Task MinimalApi_ByExtensionAttributeOrGroup_DemandsABoundToken()
    {
        await using var api = await EndpointSetup.StartAsync(BindingRequirement.WhenBound, (api, app) =>
        {
            api.Map(app, "/extension").RequireBoundToken();
            app.MapGet("/attribute", [RequireBoundToken] (HttpContext context) => api.Enter(context));
            app.MapGroup("/group").RequireBoundToken().MapGet("/inside", (HttpContext context) => api.Enter(context));
            api.Map(app, "/twice").RequireAuthorization().RequireBoundToken();
            api.Map(app, "/other").RequireAuthorization();
        });

        foreach (var target in new[] { "/extension", "/attribute", "/group/inside", "/twice" })
        {
            await api.DemandsBoundTokenAsync(target);
        }

        await api.AllowsUnboundTokenAsync("/other");
    }

    [Fact]
    public async Task Controller_ByClassOrAction_DemandsABoundToken()
    {
        await using var api = await StartControllersAsync(BindingRequirement.WhenBound);

        await api.DemandsBoundTokenAsync("/class-demands");
        await api.DemandsBoundTokenAsync("/action/demands");
        await api.AllowsUnboundTokenAsync("/action/allows");
        await api.AllowsUnboundTokenAsync("/class-allows");
    }

    [Fact]
    public async Task Endpoint_DemandsAndAllows_Demands()
    {
        await using var controllers = await StartControllersAsync(BindingRequirement.WhenBound);
        await using var minimal = await EndpointSetup.StartAsync(BindingRequirement.WhenBound, (api, app) =>
        {
            api.Map(app, "/one").RequireBoundToken().AllowUnboundToken();
            api.Map(app, "/two").AllowUnboundToken().RequireBoundToken();
        });

        await controllers.DemandsBoundTokenAsync("/class-demands/action-allows");
        await controllers.DemandsBoundTokenAsync("/class-allows/action-demands");
        await minimal.DemandsBoundTokenAsync("/one");
        await minimal.DemandsBoundTokenAsync("/two");
    }

    [Fact]
    public async Task AllowUnboundToken_WhereAllMustBeBound_AllowsUnboundTokensOnly()
    {
        await using var api = await EndpointSetup.StartAsync(BindingRequirement.Required, (api, app) =>
        {
            api.Map(app, "/extension").RequireAuthorization().AllowUnboundToken();
            app.MapGet("/attribute", [AllowUnboundToken, Authorize] (HttpContext context) => api.Enter(context));
            app.MapGroup("/group").AllowUnboundToken().MapGet("/inside", (HttpContext context) => api.Enter(context)).RequireAuthorization();
            api.Map(app, "/other").RequireAuthorization();
        });

        await api.AllowsUnboundTokenAsync("/extension");
        await api.AllowsUnboundTokenAsync("/attribute");
        await api.AllowsUnboundTokenAsync("/group/inside");
        await api.DemandsBoundTokenAsync("/other");
    }

    [Fact]
    public async Task AllowUnboundToken_OnControllers_AllowsUnboundTokensOnly()
    {
        await using var api = await StartControllersAsync(BindingRequirement.Required);

        await api.AllowsUnboundTokenAsync("/action/allows");
        await api.AllowsUnboundTokenAsync("/class-allows");
    }

    [Fact]
    public async Task AuthenticationBeforeRouting_TheStricterRuleHolds()
    {
        await using var required = await StartBeforeRoutingAsync(BindingRequirement.Required);
        await using var whenBound = await StartBeforeRoutingAsync(BindingRequirement.WhenBound);

        await required.DemandsBoundTokenAsync("/allows");
        await required.DemandsBoundTokenAsync("/demands");
        await whenBound.DemandsBoundTokenAsync("/demands");
        await whenBound.AllowsUnboundTokenAsync("/allows");
    }

    [Fact]
    public async Task NoAuthorizationMiddleware_TheEndpointIsNotEntered()
    {
        await using var api = await Api.StartAsync(
            [builder => builder.Services.AddAuthentication(Setup.Bearer).AddGuarded(), Setup.Enforcing()],
            (api, app) =>
            {
                // As it is in applications that list their middleware themselves and forget this one.
                ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
                app.UseRouting();
                app.UseAuthentication();
                api.Map(app, "/demands").RequireBoundToken();
            });

        await Assert.ThrowsAsync<InvalidOperationException>(() => api.SendAsync("/demands", TestRequests.With($"Bearer {Api.Issuer.Issue()}")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => api.SendAsync("/demands", TestRequests.Proven));
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task FallbackPolicy_DoesNotReplaceTheDemand()
    {
        await using var api = await EndpointSetup.StartAsync(
            BindingRequirement.WhenBound,
            (api, app) =>
            {
                api.Map(app, "/demands").RequireBoundToken();
                api.Map(app, "/other");
            },
            builder => builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build()));

        await api.DemandsBoundTokenAsync("/demands");
        await api.AllowsUnboundTokenAsync("/other");
    }

    [Fact]
    public async Task OwnPolicyProvider_ThatDoesNotKnowOurs_FailsClosed()
    {
        await using var api = await EndpointSetup.StartAsync(
            BindingRequirement.WhenBound,
            (api, app) => api.Map(app, "/demands").RequireBoundToken(),
            builder => builder.Services.AddSingleton<IAuthorizationPolicyProvider>(new OwnPolicyProvider(null)));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => api.SendAsync("/demands", TestRequests.Proven));

        Assert.Contains(RequireBoundTokenAttribute.PolicyName, fault.Message, StringComparison.Ordinal);
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task OwnPolicyProvider_ThatAnswersToEveryName_DoesNotReplaceTheDemand()
    {
        var anybody = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        await using var api = await Api.StartAsync(
            [
                Setup.Schemes(Setup.Cookies, schemes => schemes.AddGuarded().AddCookie()),
                Setup.Enforcing(options => options.Requirement = BindingRequirement.WhenBound),
                builder => builder.Services.AddSingleton<IAuthorizationPolicyProvider>(new OwnPolicyProvider(anybody)),
            ],
            (api, app) =>
            {
                // Before routing, so that only the authorization can tell.
                app.UseAuthentication();
                app.UseRouting();
                app.UseAuthorization();
                api.Map(app, "/demands").RequireBoundToken();
                api.Map(app, "/other").RequireAuthorization("anything");
            });

        await api.TurnsAwayAsync("/demands", api.Session("victim"));
        await api.AdmitsAsync("/other", api.Session("victim"), "victim");
    }

    private static Task<Api> StartBeforeRoutingAsync(BindingRequirement requirement) => EndpointSetup.StartAsync(requirement, (api, app) =>
    {
        app.UseAuthentication();
        app.UseRouting();
        app.UseAuthorization();
        api.Map(app, "/demands").RequireBoundToken();
        api.Map(app, "/allows").RequireAuthorization().AllowUnboundToken();
    });

    private static Task<Api> StartControllersAsync(BindingRequirement requirement)
    {
        var door = new VisitedController.Door();
        return EndpointSetup.StartAsync(
            requirement,
            (api, app) =>
            {
                door.Enter = api.Enter;
                app.MapControllers();
            },
            builder => builder.Services.AddSingleton(door).AddControllers().AddApplicationPart(typeof(VisitedController).Assembly));
    }
}
