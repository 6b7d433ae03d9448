using System.Diagnostics;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests.Keys;

/// <summary>AC-112: the authorization server is down when the API starts.</summary>
[Requirement("AC-112")]
public sealed class ColdStartTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Server_Up_TheFirstRequestGetsIn()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        await using var api = await KeyedApi.StartAsync(server);

        (await api.SendAsync(api.A, server.Tokens.BoundTo(api.A))).AssertIn();

        Assert.Equal((1, 1), (server.DiscoveryRequests, server.KeyRequests));
    }

    [Fact]
    public async Task Server_Down_IsUnavailableSoonAndRecoversSoon()
    {
        await using var server = FaultyAuthorizationServer.Down();
        await using var api = await KeyedApi.StartAsync(server);
        using var client = api.Client(api.A);
        var token = server.Tokens.BoundTo(api.A);
        await ConnectAsync(client);

        var watch = Stopwatch.StartNew();
        (await api.SendAsync(client, token)).AssertUnavailable();
        Assert.True(watch.Elapsed < Limit, $"{watch.Elapsed}");

        await server.ComeUpAsync();
        Assert.True(await api.UntilAsync(client, token, 200) is var took && took < RecoveryLimit, $"{took}");
    }

    [Theory]
    [InlineData(AuthorizationServerFault.Silence)]
    [InlineData(AuthorizationServerFault.Trickle)]
    public async Task Server_DoesNotComeToAnEnd_IsUnavailableSoonAndRecoversSoon(AuthorizationServerFault fault)
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        server.Break(fault);
        await using var api = await KeyedApi.StartAsync(server);
        using var client = api.Client(api.A);
        var token = server.Tokens.BoundTo(api.A);
        await ConnectAsync(client);

        // Whoever comes while the fetch hangs does not wait for another one.
        for (var i = 0; i < 10; i++)
        {
            var watch = Stopwatch.StartNew();
            (await api.SendAsync(client, token)).AssertUnavailable();
            Assert.True(watch.Elapsed < Limit, $"{watch.Elapsed}");
        }

        server.Mend();
        Assert.True(await api.UntilAsync(client, token, 200) is var took && took < RecoveryLimit, $"{took}");
    }

    [Theory]
    [InlineData(AuthorizationServerFault.ServerError)]
    [InlineData(AuthorizationServerFault.Cut)]
    [InlineData(AuthorizationServerFault.Half)]
    [InlineData(AuthorizationServerFault.Html)]
    [InlineData(AuthorizationServerFault.EmptyObject)]
    [InlineData(AuthorizationServerFault.NoKeys)]
    [InlineData(AuthorizationServerFault.UnknownKeys)]
    [InlineData(AuthorizationServerFault.Huge)]
    public async Task Server_Broken_IsUnavailableAndRecoversSoon(AuthorizationServerFault fault)
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        server.BreakKeys(fault);
        await using var api = await KeyedApi.StartAsync(server);
        using var client = api.Client(api.A);
        var token = server.Tokens.BoundTo(api.A);

        (await api.SendAsync(client, token)).AssertUnavailable();

        server.Mend();
        Assert.True(await api.UntilAsync(client, token, 200) is var took && took < RecoveryLimit, $"{took}");
    }

    [Fact]
    public async Task Server_Silent_ManyRequestsWaitForOneFetch()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        server.Break(AuthorizationServerFault.Silence);
        await using var api = await KeyedApi.StartAsync(server, keys => keys.AttemptTimeout = TimeSpan.FromSeconds(30));
        var token = server.Tokens.BoundTo(api.A);
        using var client = api.Client(api.A);
        await ConnectAsync(client);
        var watch = Stopwatch.StartNew();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => api.SendAsync(client, token)));

        Assert.All(answers, answer => answer.AssertUnavailable());
        Assert.Equal(1, server.DiscoveryRequests);
        Assert.True(watch.Elapsed < Limit + Limit, $"{watch.Elapsed}");
    }

    // A10: what would be refused anyway needs no keys.
    [Fact]
    public async Task StolenToken_ServerDown_IsRefusedAndNothingIsFetched()
    {
        await using var server = await FaultyAuthorizationServer.UpAsync();
        server.Break(AuthorizationServerFault.ServerError);
        await using var api = await KeyedApi.StartAsync(server);

        (await api.SendAsync(api.B, server.Tokens.BoundTo(api.A))).AssertRefused();
        (await api.SendAsync(certificate: null, server.Tokens.BoundTo(api.A))).AssertRefused();
        Assert.Equal(0, server.DiscoveryRequests);

        (await api.SendAsync(api.A, server.Tokens.BoundTo(api.A))).AssertUnavailable();
        Assert.NotEqual(0, server.DiscoveryRequests);
    }

    // The handshake, and whatever is compiled for it, is not what is measured.
    private static async Task ConnectAsync(HttpClient client) => await client.GetStringAsync("/who", TestContext.Current.CancellationToken);
}
