using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests.Keys;

/// <summary>AC-114, AC-115: tokens that name keys nobody knows, honestly or not.</summary>
[Requirement("AC-114", "AC-115")]
public sealed class UnknownKeyTests
{
    [Fact]
    public async Task Flood_OfInventedNames_CausesOneFetchAndHarmsNobody()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server);
        using var client = api.Client(api.A);
        var good = server.Tokens.BoundTo(api.A);
        (await api.SendAsync(client, good)).AssertIn();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var i = 0; i < 125; i++)
            {
                (await api.SendAsync(client, Invented(server, api))).AssertRefused();
                (await api.SendAsync(client, good)).AssertIn();
            }
        }));

        // The one that brought the keys, and one for all of those together.
        Assert.Equal((2, 2), (server.DiscoveryRequests, server.KeyRequests));
    }

    [Fact]
    public async Task Rotation_TokensBeforeAndAfterPublication_GetInWithinOneCoolDown()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server, jwt: jwt => jwt.RefreshInterval = TimeSpan.FromSeconds(1));
        using var client = api.Client(api.A);
        using var second = TestSigningKey.RS256();
        using var rotated = server.TokensBy(second);
        var (before, after) = (server.Tokens.BoundTo(api.A), rotated.BoundTo(api.A));
        (await api.SendAsync(client, before)).AssertIn();

        // Too early: the fetch finds nothing, and the cool-down begins.
        (await api.SendAsync(client, after)).AssertRefused();
        await api.GoOnUntilAsync(client, before, () => api.Fetches(succeeded: true) == 2);
        (await api.SendAsync(client, after)).AssertRefused();

        server.Publish(server.Tokens.Key, second);
        Assert.True(await api.UntilAsync(client, after, 200) is var took && took < TimeSpan.FromSeconds(5), $"{took}");
        (await api.SendAsync(client, before)).AssertIn();

        // Withdrawn. Nothing keeps the old key once others were fetched: not for an hour, as the token library would.
        server.Publish(second);
        using var unknown = new TestTokenIssuer { Issuer = server.Issuer };
        await api.UntilFetchedAsync(client, unknown.BoundTo(api.A), after);
        (await api.SendAsync(client, before)).AssertRefused();
        (await api.SendAsync(client, after)).AssertIn();
    }

    [Fact]
    public async Task Token_WithoutAName_IsTriedWithAllKeys()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server, static keys => keys.MaxWait = TimeSpan.FromSeconds(30));
        using var other = TestSigningKey.RS256();
        server.Publish(other, server.Tokens.Key);

        (await api.SendAsync(api.A, Nameless(server.Tokens, api))).AssertIn();

        using var stranger = new TestTokenIssuer { Issuer = server.Issuer };
        (await api.SendAsync(api.A, Nameless(stranger, api))).AssertRefused();
    }

    private static string Nameless(TestTokenIssuer issuer, GuardedApi api) =>
        issuer.Issue(claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(api.A), header => header.Remove("kid"));

    private static string Invented(FaultyAuthorizationServer server, GuardedApi api) => server.Tokens.Issue(
        claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(api.A), header => header["kid"] = Guid.NewGuid().ToString("N"));
}
