using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A cookie on the same request as a token (AC-030).</summary>
public sealed class CookieBesideTokenTests
{
    public static TheoryData<string[]> Orders { get; } = new([Setup.Cookies, Setup.Bearer], [Setup.Bearer, Setup.Cookies], [Setup.Cookies]);

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAStolenToken_IsRefusedWithIt(params string[] order)
    {
        await using var api = await StartAsync(order);

        await api.RefusesAsync("/", api.Session() + Knocking.Stolen);
        await api.RefusesAsync("/", api.Session() + Knocking.Stolen + (context => context.Connection.ClientCertificate = Api.B));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAProvenToken_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order);

        // Whoever comes last stands first in the merged principal.
        var visit = await api.AdmitsAsync("/", api.Session() + Knocking.Proven, order[^1] == Setup.Bearer ? "alice" : "carol");

        Assert.Equal(order.Length, visit.User.Identities.Count(identity => identity.IsAuthenticated));
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_Alone_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order);

        var visit = await api.AdmitsAsync("/", api.Session(), "carol");

        Assert.Null(visit.Feature);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAnUnboundToken_IsAcceptedWithoutIt(params string[] order)
    {
        await using var api = await StartAsync(order);

        var visit = await api.AdmitsAsync("/", api.Session() + Knocking.With($"Bearer {Api.Issuer.Issue()}"), "carol");

        Assert.Single(visit.User.Identities);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task Cookie_BesideAStolenTokenAndLeftUnguarded_IsAccepted(params string[] order)
    {
        await using var api = await StartAsync(order, options => options.LeaveUnguarded(Setup.Cookies, because: "a test"));

        var visit = await api.AdmitsAsync("/", api.Session() + Knocking.Stolen, "carol");

        Assert.Single(visit.User.Identities);
    }

    [Fact]
    public async Task Cookie_BesideAStolenTokenOfAnotherIssuer_IsRefused()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        using var other = new TestTokenIssuer { Issuer = "https://elsewhere.test" };

        await api.RefusesAsync("/", api.Session() + Knocking.With($"Bearer {other.BoundTo(Api.A)}"), BindingFailure.SchemeUnguarded);
    }

    [Fact]
    public async Task Cookie_BesideATokenInTheQuery_IsJudgedByIt()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        var target = $"/?access_token={Api.Issuer.BoundTo(Api.A)}";

        await api.RefusesAsync(target, api.Session(), BindingFailure.SchemeUnguarded);
        await api.AdmitsAsync(target, api.Session() + (context => context.Connection.ClientCertificate = Api.A), "carol");
    }

    [Fact]
    public async Task Cookie_BesideATokenSentWithDPoP_IsRefused()
    {
        await using var api = await StartAsync([Setup.Cookies]);
        var token = Api.Issuer.WithConfirmation("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""");

        await api.RefusesAsync("/", api.Session() + Knocking.With($"DPoP {token}"), BindingFailure.SchemeUnguarded);
        await api.AdmitsAsync("/", api.Session() + Knocking.With($"DPoP {Api.Issuer.Issue()}"), "carol");
    }

    [Fact]
    public async Task Cookie_WithABoundTokenInItsTicket_IsAccepted()
    {
        await using var api = await StartAsync([Setup.Cookies]);

        // A sign-in at another site leaves its token here, for calls to others. Nobody was let in with it.
        await api.AdmitsAsync("/", api.Session("carol", Stores(Api.Issuer.BoundTo(Api.A))), "carol");
    }

    [Fact]
    public async Task Challenge_OfTheCookieOnARefusedRequest_IsOurs()
    {
        await using var api = await StartAsync([Setup.Cookies]);

        var refused = await api.SendAsync("/", api.Session() + Knocking.Stolen);
        var nobody = await api.SendAsync("/", _ => { });

        refused.IsUnauthorized();
        Assert.False(refused.Headers.ContainsKey("Location"));
        Assert.Equal(StatusCodes.Status302Found, nobody.Status);
    }

    [Fact]
    public async Task Challenge_OfTwoSchemesOnARefusedRequest_IsOneInEitherOrder()
    {
        foreach (var order in new string[][] { [Setup.Cookies, Setup.Bearer], [Setup.Bearer, Setup.Cookies] })
        {
            await using var api = await StartAsync(order);

            (await api.SendAsync("/", Knocking.Stolen)).IsUnauthorized();
        }
    }

    private static Task<Api> StartAsync(string[] order, Action<BoundTokenEnforcementOptions>? enforcement = null) =>
        Setup.StartAsync(Setup.Cookies, schemes => schemes.AddCookie().AddGuarded(), Setup.Behind(order), enforcement);

    private static Action<AuthenticationProperties> Stores(string token) =>
        properties => properties.StoreTokens([new AuthenticationToken { Name = "access_token", Value = token }]);
}
