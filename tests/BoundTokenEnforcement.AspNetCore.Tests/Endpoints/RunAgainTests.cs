using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Pipelines that run twice, or branch, or go on with another context.</summary>
public sealed class RunAgainTests
{
    [Fact]
    public async Task RequiredEndpoint_ReachedAgainByStatusCodePages_UnboundTokenIsRefused()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded()],
            (api, app) =>
            {
                app.UseStatusCodePagesWithReExecute("/secret");
                app.UseRouting();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/open", context =>
                {
                    context.Response.StatusCode = 404;
                    return Task.CompletedTask;
                }).RequireAuthorization().AllowUnboundToken();
                api.Map(app, "/secret").RequireAuthorization();
            });

        await api.GetAsync("/open", Api.Issuer.Issue(), null);

        Assert.Empty(api.Visits);
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
}
