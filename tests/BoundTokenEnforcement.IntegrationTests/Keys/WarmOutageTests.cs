using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests.Keys;

/// <summary>AC-113, AC-116, AC-117: the keys are there, and the authorization server is not.</summary>
[Requirement("AC-113", "AC-116", "AC-117")]
public sealed class WarmOutageTests
{
    public static TheoryData<AuthorizationServerFault> Faults => [.. Enum.GetValues<AuthorizationServerFault>().Except([AuthorizationServerFault.None])];

    [Fact]
    public async Task Server_GoesDown_IsNotNoticed()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server);
        using var client = api.Client(api.A);
        var token = server.Tokens.BoundTo(api.A);
        (await api.SendAsync(client, token)).AssertIn();

        await server.GoDownAsync();
        for (var i = 0; i < 500; i++)
        {
            (await api.SendAsync(client, token)).AssertIn();
        }

        Assert.Equal((1, 0), (api.Fetches(succeeded: true), api.Fetches(succeeded: false)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Refresh_Broken_KeepsTheKeysAndNobodyWaits(AuthorizationServerFault fault)
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server, Impatient, jwt => jwt.RefreshInterval = TimeSpan.FromSeconds(1));
        using var client = api.Client(api.A);
        using var other = TestSigningKey.ES256();
        using var rotated = server.TokensBy(other);
        var good = server.Tokens.BoundTo(api.A);
        (await api.SendAsync(client, good)).AssertIn();

        server.BreakKeys(fault);
        server.Publish(other);
        (await api.SendAsync(client, rotated.BoundTo(api.A))).AssertRefused();
        await api.GoOnUntilAsync(client, good, () => api.Fetches(succeeded: false) > 0);
        (await api.SendAsync(client, rotated.BoundTo(api.A))).AssertRefused();
        (await api.SendAsync(client, good)).AssertIn();

        // The twin: what was not believed while it was broken is believed afterwards.
        server.Mend();
        await api.UntilAsync(client, rotated.BoundTo(api.A), 200);
        (await api.SendAsync(client, good)).AssertRefused();
    }

    [Fact]
    public async Task Server_Flaps_NoKnownKeyIsLostAndFetchesAreBounded()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server, Impatient, jwt => jwt.RefreshInterval = TimeSpan.FromSeconds(1));
        using var client = api.Client(api.A);
        using var stranger = new TestTokenIssuer { Issuer = server.Issuer };
        var good = server.Tokens.BoundTo(api.A);
        (await api.SendAsync(client, good)).AssertIn();
        var began = TimeProvider.System.GetTimestamp();

        for (var i = 0; i < 20; i++)
        {
            await (i % 2 == 0 ? server.GoDownAsync() : server.ComeUpAsync());
            for (var j = 0; j < 25; j++)
            {
                (await api.SendAsync(client, stranger.BoundTo(api.A))).AssertRefused();
                (await api.SendAsync(client, good)).AssertIn();
            }
        }

        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(api.Fetches(succeeded: true) + api.Fetches(succeeded: false), 1, 3 + seconds);
    }

    private static void Impatient(SigningKeyOptions keys) => keys.AttemptTimeout = TimeSpan.FromMilliseconds(200);
}
