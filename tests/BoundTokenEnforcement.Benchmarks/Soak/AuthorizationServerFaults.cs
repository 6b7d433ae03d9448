using System.Diagnostics;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The authorization server is down, slow, lying, or has changed its keys.</summary>
internal static class AuthorizationServerFaults
{
    private const int Flaps = 3;
    private const int FloodOfUnknownKeys = 200;

    internal static IReadOnlyList<Fault> All { get; } =
    [
        new("authorization server killed", DownAsync),
        new("authorization server flapping", FlapAsync),
        Lie("answers 500", AuthorizationServerFault.ServerError),
        Lie("takes requests and never answers", AuthorizationServerFault.Silence),
        Lie("trickles", AuthorizationServerFault.Trickle),
        Lie("breaks off in the middle", AuthorizationServerFault.Cut),
        Lie("answers with half of the JSON", AuthorizationServerFault.Half),
        Lie("answers with HTML and 200", AuthorizationServerFault.Html),
        Lie("answers with an empty object", AuthorizationServerFault.EmptyObject),
        Lie("answers with 10 MB", AuthorizationServerFault.Huge),
        Lie("publishes an empty key set", AuthorizationServerFault.NoKeys),
        Lie("publishes keys that nobody understands", AuthorizationServerFault.UnknownKeys),
        new("authorization server restarted with a new key", RotateAsync),
        new("authorization server withdraws a key", WithdrawAsync),
        new("flood of tokens that name unknown keys", FloodAsync),
        new("API started while the authorization server is down", ColdAsync),
    ];

    private static Fault Lie(string what, AuthorizationServerFault fault) => new($"authorization server {what}", async scene =>
    {
        if (fault is AuthorizationServerFault.NoKeys or AuthorizationServerFault.UnknownKeys)
        {
            scene.AuthorizationServer.BreakKeys(fault);
        }
        else
        {
            scene.AuthorizationServer.Break(fault);
        }

        try
        {
            var failed = await scene.ProvokeFetchAsync(fails: true);
            await scene.LastAsync();
            return $"{failed} fetches failed, the old keys were kept";
        }
        finally
        {
            scene.AuthorizationServer.Mend();
        }
    });

    private static async Task<string> DownAsync(SoakScene scene)
    {
        await scene.AuthorizationServer.GoDownAsync();
        try
        {
            var failed = await scene.ProvokeFetchAsync(fails: true);
            await scene.LastAsync();
            return $"{failed} fetches failed, the old keys were kept";
        }
        finally
        {
            await scene.AuthorizationServer.ComeUpAsync();
        }
    }

    private static async Task<string> FlapAsync(SoakScene scene)
    {
        for (var i = 0; i < Flaps; i++)
        {
            await scene.AuthorizationServer.GoDownAsync();
            try
            {
                await scene.ProvokeFetchAsync(fails: true);
            }
            finally
            {
                await scene.AuthorizationServer.ComeUpAsync();
            }

            await scene.ProvokeFetchAsync(fails: false);
        }

        await scene.LastAsync();
        return $"{Flaps} times down and up, fetched again each time";
    }

    private static async Task<string> RotateAsync(SoakScene scene)
    {
        using var next = TestSigningKey.ES256();
        using var tokens = scene.AuthorizationServer.TokensBy(next);
        var token = tokens.BoundTo(scene.Client.Certificate);
        await scene.AuthorizationServer.GoDownAsync();

        // Declared: nobody can know yet that there is such a key, or fetch it.
        await SoakScene.ExpectAsync(() => scene.Client.SendAsync(token), "a token of a key not yet published", 401);
        scene.AuthorizationServer.Publish(scene.AuthorizationServer.Tokens.Key, next);
        await scene.AuthorizationServer.ComeUpAsync();
        try
        {
            var requests = await SoakScene.UntilAsync(() => scene.Client.SendAsync(token), 200, 401, 503);
            await scene.LastAsync();
            return $"tokens of the new key were let in at request {requests}";
        }
        finally
        {
            scene.AuthorizationServer.Publish(scene.AuthorizationServer.Tokens.Key);
        }
    }

    private static async Task<string> WithdrawAsync(SoakScene scene)
    {
        using var other = TestSigningKey.ES256();
        using var tokens = scene.AuthorizationServer.TokensBy(other);
        var token = tokens.BoundTo(scene.Client.Certificate);
        scene.AuthorizationServer.Publish(scene.AuthorizationServer.Tokens.Key, other);
        await SoakScene.UntilAsync(() => scene.Client.SendAsync(token), 200, 401, 503);
        scene.AuthorizationServer.Publish(scene.AuthorizationServer.Tokens.Key);
        await scene.ProvokeFetchAsync(fails: false);
        await SoakScene.UntilAsync(() => scene.Client.SendAsync(token), 401, 200);
        await scene.LastAsync();
        return "tokens of the withdrawn key were refused after the next fetch";
    }

    private static async Task<string> FloodAsync(SoakScene scene)
    {
        var server = scene.AuthorizationServer;
        var before = server.DiscoveryRequests;
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < FloodOfUnknownKeys; i++)
        {
            await scene.TryAsync(() => scene.Client.SendAsync(scene.UnknownKey()), "a token that names an unknown key", 401);
        }

        await scene.LastAsync();
        var fetches = server.DiscoveryRequests - before;
        var allowed = (int)(Stopwatch.GetElapsedTime(began) / SoakApplication.CoolDown) + 2;
        FaultNotHeldException.ThrowUnless(fetches <= allowed, $"{fetches} fetches where {allowed} are allowed");
        return $"{FloodOfUnknownKeys} tokens, {fetches} fetches where {allowed} are allowed";
    }

    private static async Task<string> ColdAsync(SoakScene scene)
    {
        await scene.AuthorizationServer.GoDownAsync();
        try
        {
            await using var server = await ChildProcess.StartAsync(SoakServer.Command, scene.Setup);
            using var client = new SoakClient(new ServerEndpoint(server.Port, scene.Endpoint.Certificate), scene.AuthorizationServer.Tokens, 0) { Victim = scene.Client };
            await SoakScene.ExpectAsync(client.SendGoodAsync, "a good token", 503);
            foreach (var attack in Attacks.All)
            {
                await scene.TryAsync(() => attack.SendAsync(client), attack.Name, 400, 401, 503);
            }

            await scene.AuthorizationServer.ComeUpAsync();
            var requests = await SoakScene.UntilAsync(client.SendGoodAsync, 200, 503);
            var last = await server.ReadAsync();
            FaultNotHeldException.ThrowUnless(last[SoakCommands.Unproven] == 0, "something entered without proof");
            FaultNotHeldException.ThrowUnless(last[SoakCommands.TokensLogged] == 0, "a log record held a token");
            await scene.LastAsync();
            return $"503 until there were keys, then let in at request {requests}";
        }
        finally
        {
            await scene.AuthorizationServer.ComeUpAsync();
        }
    }
}
