using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Review;

// What is told to clients and operators is what is done.
public sealed class ReportedStateTests
{
    [Fact]
    public Task Flag_ModeReportOnly_IsAbsent() => FlagIsAbsentAsync(o => o.Mode = EnforcementMode.ReportOnly);

    [Fact]
    public Task Flag_SchemeReportOnly_IsAbsent() => FlagIsAbsentAsync(o => o.ReportOnly("Bearer"));

    [Fact]
    public Task Flag_EndpointAllowsUnboundTokens_IsAbsent() => FlagIsAbsentAsync(_ => { }, allowUnbound: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audit_ReportOnly_SchemeIsNotSaidToBeEnforced(bool wholeMode)
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o =>
        {
            if (wholeMode)
            {
                o.Mode = EnforcementMode.ReportOnly;
            }
            else
            {
                o.ReportOnly("Bearer");
            }
        }));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);

        var report = await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);

        Assert.All(report.Schemes, scheme => Assert.False(scheme.IsEnforced));
    }

    [Fact]
    public async Task Audit_GuardedSchemeForwardsToAnUnguardedOne_IsNotSaidToBeEnforced()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(jwt: o => o.ForwardAuthenticate = "Legacy", enforcement: o => o.LeaveUnguarded("Legacy", because: "it ends in spring")),
            builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("Legacy", Api.Issuer.Configure));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);

        var report = await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);

        Assert.False(report.Schemes.Single(scheme => scheme.Name == "Bearer").IsEnforced);
    }

    [Theory]
    [InlineData("BoundTokens:Mode", "7")]
    [InlineData("BoundTokens:Audit", "7")]
    public async Task Start_ValueThatMakesNoSense_Stops(string key, string value) =>
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var api = await Api.StartAsync(Api.Settings((key, value)), Api.Guarded());
        });

    [Fact]
    public async Task Mode_ThatMakesNoSense_StillRefusesAmbiguousRequests()
    {
        await using var api = await Api.StartAsync(Api.Settings(("BoundTokens:Mode", "7")), Api.Guarded());

        (await api.GetAsync($"/?access_token={Api.Issuer.BoundTo(Api.A)}", Api.Issuer.BoundTo(Api.A), Api.A)).IsBadRequest();
    }

    [Theory]
    [InlineData("BoundTokens:UnguardedSchemes:Bearer", "from a file")]
    [InlineData("BoundTokens:ReportOnlySchemes:0", "Bearer")]
    [InlineData("BoundTokens:JudgedByHandlerSchemes:0", "Bearer")]
    public async Task Configuration_ListsThatOnlyCodeMayFill_HasNoEffect(string key, string value)
    {
        await using var api = await Api.StartAsync(Api.Settings((key, value)), Api.Guarded());

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsUnauthorized();
    }

    private static async Task FlagIsAbsentAsync(Action<BoundTokenEnforcementOptions> configure, bool allowUnbound = false)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(enforcement: configure), MetadataSettings.Add()],
            (api, app) =>
            {
                app.MapProtectedResourceMetadata();
                var endpoint = api.Map(app, "/").RequireAuthorization();
                if (allowUnbound)
                {
                    endpoint.AllowUnboundToken();
                }
            });
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);

        Assert.Equal(MetadataSettings.Document, (await api.GetAsync(MetadataSettings.Target, null, Api.A)).Body);
    }
}
