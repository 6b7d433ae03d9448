using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static BoundTokenEnforcement.AspNetCore.Tests.Resources.TwoResources;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

public sealed class WellKnownOwnersTests
{
    [Fact]
    public async Task Faults_MappedOnce_None() => Assert.Empty(await FaultsAsync(app => app.MapProtectedResourceMetadata()));

    [Fact]
    public async Task Faults_NotMapped_Told() =>
        Assert.Contains("MapProtectedResourceMetadata()", Assert.Single(await FaultsAsync(_ => { })), StringComparison.Ordinal);

    [Fact]
    public async Task Faults_MappedInAGroup_NotServed()
    {
        var faults = await FaultsAsync(app => app.MapGroup("/v1").MapProtectedResourceMetadata());

        Assert.All(faults, fault => Assert.StartsWith("Nothing serves", fault, StringComparison.Ordinal));
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public async Task Faults_MappedTwice_Told()
    {
        var faults = await FaultsAsync(app =>
        {
            app.MapProtectedResourceMetadata();
            app.MapProtectedResourceMetadata();
        });

        Assert.All(faults, fault => Assert.Contains("served twice", fault, StringComparison.Ordinal));
        Assert.Equal(2, faults.Count);
    }

    [Theory]
    [InlineData("/.well-known/oauth-protected-resource/a", 1)]
    [InlineData("/.WELL-KNOWN/oauth-protected-resource/A/", 1)]
    [InlineData("/.well-known/oauth-protected-resource/{name}", 2)]
    [InlineData("/.well-known/oauth-protected-resource/{name=a}", 2)]
    [InlineData("/.well-known/oauth-protected-resource/{**name}", 2)]
    [InlineData("/.well-known/oauth-protected-resource/c", 0)]
    [InlineData("/.well-known/{name}/a", 0)]
    [InlineData("/.well-known/{**rest}", 0)]
    [InlineData("/{**rest}", 0)]
    public async Task Faults_SomebodyElsesEndpoint_OnlyIfItAnswersInOurPlace(string pattern, int count)
    {
        var faults = await FaultsAsync(app =>
        {
            app.MapGet(pattern, () => "mine").WithDisplayName("theirs");
            app.MapProtectedResourceMetadata();
        });

        Assert.Equal(count, faults.Count);
        Assert.All(faults, fault => Assert.Contains("'theirs'", fault, StringComparison.Ordinal));
    }

    // What the rule above says is what routing does.
    [Theory]
    [InlineData("/.well-known/oauth-protected-resource/a", true)]
    [InlineData("/.well-known/oauth-protected-resource/{name}", true)]
    [InlineData("/.well-known/oauth-protected-resource/{**name}", true)]
    [InlineData("/.well-known/{name}/a", false)]
    [InlineData("/{**rest}", false)]
    public async Task Get_SomebodyElsesEndpoint_AnswersAsTheRuleSays(string pattern, bool theirs)
    {
        await using var api = await StartAsync(app =>
        {
            app.MapGet(pattern, () => "mine");
            app.MapProtectedResourceMetadata();
        });

        Assert.Equal(theirs, (await api.GetAsync($"{WellKnown}/a", null, null)).Body == "mine");
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(1, 0)]
    public async Task Faults_OtherOrder_Counts(int order, int count)
    {
        var faults = await FaultsAsync(app =>
        {
            app.Map("/{**rest}", () => "mine").WithOrder(order);
            app.MapProtectedResourceMetadata();
        });

        Assert.Equal(count, faults.Count);
    }

    [Fact]
    public async Task Host_AuditThrows_DoesNotStart()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => Api.StartAsync([Api.Guarded(), Both()], Map((_, app) =>
            app.MapGet($"{WellKnown}/a", () => "mine"))));

        Assert.Contains("https://api.test/a", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(Action<WebApplication> map)
    {
        await using var api = await StartAsync(map);
        return api.Application.Services.GetRequiredService<MetadataRouteAudit>().Faults();
    }

    private static Task<Api> StartAsync(Action<WebApplication> map) =>
        Api.StartAsync([Api.Guarded(enforcement: options => options.Audit = AuditFailureBehavior.Log), Both()], (_, app) => map(app));
}
