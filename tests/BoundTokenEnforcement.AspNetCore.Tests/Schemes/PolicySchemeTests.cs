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
        await api.AdmitsAsync("/", api.Session() + Knocking.Proven, "carol");
        await api.RefusesAsync("/", api.Session() + Knocking.Stolen, BindingFailure.CertificateMissing);
    }

    [Fact]
    public async Task PolicyScheme_ForwardsToAnUnknownHandler_IsRefusedUnlessThatIsNamed()
    {
        await using var api = await StartAsync(Setup.Any);
        await using var named = await StartAsync(Setup.Any, options => options.LeaveUnguarded(Setup.Any, because: "a test"));

        await api.RefusesAsync("/", Knocking.With("Bearer opaque"), BindingFailure.SchemeUnguarded);
        await named.AdmitsAsync("/", Knocking.With("Bearer opaque"), "whoever");
        await named.AdmitsAsync("/", Knocking.Stolen, "whoever");
    }

    [Fact]
    public async Task PolicyScheme_ForwardsToAGuardedScheme_IsJudgedByIt()
    {
        await using var api = await StartAsync(Setup.Bearer);

        await api.RefusesAsync("/", Knocking.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", Knocking.Proven, "alice");
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
                options.LeaveUnguarded(forwardsTo, because: "a test");
            }
        });
        await using var guarded = await StartAsync(Setup.Bearer);

        await api.TurnsAwayAsync("/demands", api.Session() + Knocking.With("Bearer opaque"));
        await api.TurnsAwayAsync("/demands", api.Session() + Knocking.Proven);
        await guarded.AdmitsAsync("/demands", Knocking.Proven, "alice");
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
