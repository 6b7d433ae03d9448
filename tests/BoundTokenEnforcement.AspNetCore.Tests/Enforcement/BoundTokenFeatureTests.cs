using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What is kept of the judgements of one request.</summary>
public sealed class BoundTokenFeatureTests
{
    [Fact]
    public async Task FeatureOfTheApplicationsOwn_NeverCountsAsProof()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.Use((context, next) =>
            {
                context.Features.Set<IBoundTokenFeature>(new FakeFeature());
                return next(context);
            });
            app.UseAuthentication();
            app.UseAuthorization();
            api.MapProtected(app);
        });

        await Record.ExceptionAsync(() => api.GetAsync(Api.Issuer.BoundTo(Api.A), null));
        Assert.Empty(api.Visits);
    }

    // A hub that authenticates again for each message.
    [Fact]
    public async Task AuthenticateAsync_ManyTimesInOneRequest_CostsNoMoreEachTime()
    {
        var decisions = 0;
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie()],
            (api, app) => app.Map("/", async context =>
            {
                for (var i = 0; i < 50; i++)
                {
                    await context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
                }

                decisions = Depth(RequestBinding.Of(context));
            }));
        await api.SendAsync("/", api.Session() + TestRequests.Stolen);

        Assert.InRange(decisions, 1, 2);
    }

    private static int Depth(RequestBinding? request)
    {
        var depth = 0;
        for (var decision = request?.Latest; decision is not null; decision = decision.Earlier)
        {
            depth++;
        }

        return depth;
    }

    private sealed class FakeFeature : IBoundTokenFeature
    {
        public string Scheme => "Bearer";

        public BindingOutcome Outcome => BindingOutcome.Verified;

        public EnforcementMode Mode => EnforcementMode.ReportOnly;

        public VerifiedBinding? Binding => null;

        public BindingFailure? Failure => null;
    }
}
