using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

/// <summary>Hosts in memory, as the audit finds them.</summary>
internal static class Audited
{
    internal static Action<WebApplicationBuilder> Enforcement(Action<BoundTokenEnforcementOptions> configure) =>
        builder => builder.Services.AddBoundTokenEnforcement(configure);

    /// <summary>The host does not start because of this, and of nothing else; if it is only warned, it starts and says the same.</summary>
    internal static async Task HasFaultAsync(string fault, Action<WebApplicationBuilder>[] configure, Action<Api, WebApplication>? map = null)
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => Api.StartAsync(configure, map ?? MapProtected));
        Assert.Equal([fault], failure.Report.Faults);
        Assert.Contains($"\n- {fault}\n", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.Report.IsSound);

        var report = await ReportAsync([.. configure, Enforcement(options => options.Audit = AuditFailureBehavior.Log)], map);
        Assert.Equal([fault], report.Faults);
    }

    /// <summary>The host starts, and the audit finds no fault.</summary>
    internal static async Task<BoundTokenAuditReport> IsSoundAsync(Action<WebApplicationBuilder>[] configure, Action<Api, WebApplication>? map = null)
    {
        var report = await ReportAsync(configure, map);
        Assert.Empty(report.Faults);
        Assert.True(report.IsSound);
        return report;
    }

    internal static Task<BoundTokenAuditReport> OfAsync(IServiceProvider services) =>
        services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);

    internal static (string Name, bool IsEnforced, string Treatment) Values(AuditedScheme scheme) => (scheme.Name, scheme.IsEnforced, scheme.Treatment);

    internal static (string Address, bool? CertificateCanArrive, string Finding) Values(AuditedListener listener) =>
        (listener.Address, listener.CertificateCanArrive, listener.Finding);

    private static async Task<BoundTokenAuditReport> ReportAsync(Action<WebApplicationBuilder>[] configure, Action<Api, WebApplication>? map)
    {
        await using var api = await Api.StartAsync(configure, map ?? MapProtected);
        return await OfAsync(api.Application.Services);
    }

    private static void MapProtected(Api api, WebApplication app) => api.MapProtected(app);
}
