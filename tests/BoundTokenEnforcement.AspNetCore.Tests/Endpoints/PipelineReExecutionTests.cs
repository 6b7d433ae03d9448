using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Pipelines that run twice, or branch, or go on with another context.</summary>
public sealed class PipelineReExecutionTests
{
    [Theory]
    [InlineData(BindingRequirement.Required)]
    [InlineData(BindingRequirement.WhenBound)]
    public async Task RequiredEndpoint_ReachedAgainByStatusCodePages_UnboundTicketIsRefused(BindingRequirement requirement)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(enforcement: options => options.Requirement = requirement)],
            (api, app) =>
            {
                app.UseStatusCodePagesWithReExecute("/secret", "?{0}");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/open", context =>
                {
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }).RequireAuthorization().AllowUnboundToken();
                var secret = api.Map(app, "/secret").RequireAuthorization();
                if (requirement == BindingRequirement.WhenBound)
                {
                    secret.RequireBoundToken();
                }
            });

        await api.GetAsync("/open", Api.Issuer.Issue(), null);
        await api.GetAsync("/open", Api.Issuer.Issue(), Api.A);
        Assert.Empty(api.Visits);

        await api.GetAsync("/open", Api.Issuer.BoundTo(Api.A), Api.A);
        Assert.Equal(BindingOutcome.Verified, Assert.Single(api.Visits).Feature?.Outcome);
    }

    // The framework goes on with the user of before where an authentication fails: there must be none.
    [Fact]
    public async Task RequiredEndpoint_ReachedAgainWithAnUnboundTicket_HasNoUser()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded()],
            (api, app) =>
            {
                app.UseStatusCodePagesWithReExecute("/anybody");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/open", context =>
                {
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }).RequireAuthorization().AllowUnboundToken();
                api.Map(app, "/anybody");
            });

        await api.GetAsync("/open", Api.Issuer.Issue(), null);
        await api.GetAsync("/open", Api.Issuer.BoundTo(Api.A), Api.A);

        Assert.Equal([false, true], api.Visits.Select(visit => visit.IsAuthenticated));
    }

    // Where nobody names a scheme, authorization takes this result instead of asking again.
    [Fact]
    public async Task RequiredEndpoint_ReachedAgainWithAResultThatSomebodyKept_IsUnauthorized()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded()],
            (api, app) =>
            {
                app.UseStatusCodePagesWithReExecute("/secret");
                app.UseRouting();
                app.UseAuthentication();
                app.Use((context, next) =>
                {
                    if (context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult is { } result)
                    {
                        context.Features.Set<IAuthenticateResultFeature>(new RefreshingValue { AuthenticateResult = result });
                    }

                    return next(context);
                });
                app.UseAuthorization();
                app.MapGet("/open", context =>
                {
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }).RequireAuthorization().AllowUnboundToken();
                api.Map(app, "/secret").RequireAuthorization();
            });

        // Unauthorized: by the kept result the caller would only be forbidden, as somebody who is known.
        Assert.Equal(StatusCodes.Status401Unauthorized, (await api.GetAsync("/open", Api.Issuer.Issue(), null)).Status);
        Assert.Empty(api.Visits);

        await api.GetAsync("/open", Api.Issuer.BoundTo(Api.A), Api.A);
        Assert.Single(api.Visits);
    }

    [Fact]
    public async Task AllowingEndpoint_ReachedAgainByStatusCodePages_UnboundTicketIsLetIn()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded()],
            (api, app) =>
            {
                app.UseStatusCodePagesWithReExecute("/allows");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/open", context =>
                {
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }).RequireAuthorization().AllowUnboundToken();
                api.Map(app, "/allows").RequireAuthorization().AllowUnboundToken();
            });

        await api.GetAsync("/open", Api.Issuer.Issue(), null);

        Assert.Equal(BindingOutcome.Unbound, Assert.Single(api.Visits).Feature?.Outcome);
    }

    [Fact]
    public async Task ExceptionHandlerRunsThePipelineAgain_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.UseExceptionHandler("/secret");
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            app.MapGet("/open", (RequestDelegate)(_ => throw new InvalidOperationException("open")));
            api.Map(app, "/secret").RequireAuthorization();
        });

        await api.GetAsync("/open", Api.Issuer.BoundTo(Api.A), null);
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task NewContextInTheMiddleOfThePipeline_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.Use(async (context, next) =>
            {
                var copy = new DefaultHttpContext { RequestServices = context.RequestServices };
                copy.Request.Path = context.Request.Path;
                copy.Request.Headers.Authorization = context.Request.Headers.Authorization;
                copy.Connection.ClientCertificate = Api.A;
                await next(copy);
                context.Response.StatusCode = copy.Response.StatusCode;
            });
            app.UseRouting();
            app.UseAuthentication();
            app.UseAuthorization();
            api.MapProtected(app);
        });

        Assert.Equal(401, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Branches_MapAndUseWhen_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.Map("/branch", branch => branch.UseRouting().UseAuthentication().UseAuthorization().UseEndpoints(e => e.Map("/x", (RequestDelegate)api.Enter).RequireAuthorization()));
            app.UseWhen(context => context.Request.Query.ContainsKey("when"), branch => branch.UseAuthentication());
            api.MapProtected(app);
        });

        await api.EnforcesBindingAsync("/branch/x");
        await api.EnforcesBindingAsync("/?when=1");
    }

    private sealed class RefreshingValue : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; }
    }
}
