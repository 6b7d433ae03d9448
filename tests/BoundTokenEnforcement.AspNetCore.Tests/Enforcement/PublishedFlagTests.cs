using Microsoft.AspNetCore.Builder;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What is told to clients is what is done.</summary>
public sealed class PublishedFlagTests
{
    [Fact]
    [Requirement("R9728-2-8")]
    public Task Flag_ModeReportOnly_IsAbsent() => FlagIsAbsentAsync(o => o.Mode = EnforcementMode.ReportOnly);

    [Fact]
    public Task Flag_SchemeReportOnly_IsAbsent() => FlagIsAbsentAsync(o => o.ReportOnly("Bearer"));

    [Fact]
    public Task Flag_EndpointAllowsUnboundTokens_IsAbsent() => FlagIsAbsentAsync(_ => { }, allowUnbound: true);

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
