using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A scheme that forwards is no better and no worse than the one that answers.</summary>
public sealed class PolicySchemeTests
{
    private const string Policy = "policy";

    [Fact]
    public async Task PolicyScheme_ForwardsToACookie_IsJudgedAsTheCookie()
    {
        await using var api = await StartAsync(Setup.Cookies);

        await api.AdmitsAsync("/", api.Session(), "carol");
        await api.AdmitsAsync("/", api.Session() + TestRequests.Proven, "carol");
        await api.RefusesAsync("/", api.Session() + TestRequests.Stolen, BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task PolicyScheme_ForwardsToAnUnknownHandler_IsRefusedUnlessThatIsNamed()
    {
        await using var api = await StartAsync(Setup.Any);
        await using var named = await StartAsync(Setup.Any, options => options.ExemptScheme(Setup.Any, reason: "a test"));

        await api.RefusesAsync("/", TestRequests.With("Bearer opaque"), BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/", TestRequests.With("Bearer opaque"), "whoever");
        await named.AdmitsAsync("/", TestRequests.Stolen, "whoever");
    }

    [Fact]
    public async Task PolicyScheme_ForwardsToAGuardedScheme_IsJudgedByIt()
    {
        await using var api = await StartAsync(Setup.Bearer);

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", TestRequests.Proven, "alice");
    }

    [Theory]
    [InlineData(Setup.Cookies, false)]
    [InlineData(Setup.Cookies, true)]
    [InlineData(Setup.Any, true)]
    public async Task PolicyScheme_WhereABoundTokenIsDemanded_DoesNotSatisfyUnjudged(string forwardsTo, bool leftUnguarded)
    {
        await using var api = await StartAsync(forwardsTo, options =>
        {
            if (leftUnguarded)
            {
                options.ExemptScheme(forwardsTo, reason: "a test");
            }
        });
        await using var guarded = await StartAsync(Setup.Bearer);

        await api.TurnsAwayAsync("/demands", api.Session() + TestRequests.With("Bearer opaque"));
        await api.TurnsAwayAsync("/demands", api.Session() + TestRequests.Proven);
        await guarded.AdmitsAsync("/demands", TestRequests.Proven, "alice");
    }

    private static Task<Api> StartAsync(string forwardsTo, Action<BoundTokenEnforcementOptions>? enforcement = null) => Setup.StartAsync(
        Policy,
        schemes => schemes.AddGuarded().AddCookie().AddAny().AddPolicyScheme(Policy, null, options => options.ForwardDefault = forwardsTo),
        (api, app) =>
        {
            api.Map(app, "/").RequireAuthorization();
            api.Map(app, "/demands").RequireAuthorization().RequireBoundToken();
        },
        enforcement);
}
