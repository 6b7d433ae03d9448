using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

public sealed class BoundTokenHealthCheckTests
{
    [Fact]
    public async Task Check_NothingToTell_IsHealthy()
    {
        await using var api = await StartAsync();

        var entry = await CheckAsync(api);

        Assert.Equal((HealthStatus.Healthy, "Bound tokens are enforced."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_Warnings_IsDegraded()
    {
        await using var api = await StartAsync(options => options.ReportOnly("Bearer"));

        var entry = await CheckAsync(api);

        Assert.Equal((HealthStatus.Degraded, "Scheme 'Bearer' accepts stolen bound tokens: it only reports."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_Faults_IsUnhealthy()
    {
        await using var api = await StartAsync(options =>
        {
            options.ExemptScheme("gone", reason: "a slip");
            options.Audit = AuditFailureBehavior.Log;
        });

        var entry = await CheckAsync(api);

        Assert.Equal((HealthStatus.Unhealthy, "ExemptScheme names scheme 'gone', which does not exist."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task Check_SchemeAddedAtRunTime_BecomesUnhealthy()
    {
        await using var api = await StartAsync();
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync(api)).Status);

        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new AuthenticationScheme("key", null, typeof(KeyHandler)));

        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync(api)).Status);
    }

    [Fact]
    public void AddBoundTokenEnforcement_Null_Throws() =>
        Assert.Throws<ArgumentNullException>(() => ((IHealthChecksBuilder)null!).AddBoundTokenEnforcement());

    private static Task<Api> StartAsync(Action<BoundTokenEnforcementOptions>? enforcement = null) =>
        Api.StartAsync(Api.Guarded(enforcement: enforcement), builder => builder.Services.AddHealthChecks().AddBoundTokenEnforcement());

    private static async Task<HealthReportEntry> CheckAsync(Api api)
    {
        var report = await api.Application.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken);
        return report.Entries["bound_token_enforcement"];
    }
}
