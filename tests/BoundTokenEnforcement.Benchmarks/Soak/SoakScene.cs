using System.Diagnostics;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The API, the authorization server and the clients, as faults get at them.</summary>
internal sealed class SoakScene(
    ChildProcess server, ServerEndpoint endpoint, FaultyAuthorizationServer authorizationServer, IReadOnlyList<SoakClient> clients, SoakSetup setup)
{
    /// <summary>How long something may take that must happen. Not a measure of speed: generous, for machines that are busy.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan BetweenRequests = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan BetweenReadings = TimeSpan.FromMilliseconds(50);
    private const int EnoughGood = 30;
    private const int EnoughAttacks = 5;

    private readonly Lock _gate = new();
    private Window _window = new("warm-up", EnoughGood, EnoughAttacks);

    internal FaultyAuthorizationServer AuthorizationServer => authorizationServer;

    internal ServerEndpoint Endpoint => endpoint;

    internal ChildProcess Server => server;

    internal SoakSetup Setup => setup;

    /// <summary>A client for a fault's own requests. It has nothing to do with the constant load.</summary>
    internal SoakClient Client => clients[0];

    /// <summary>Those that make the constant load.</summary>
    internal IEnumerable<SoakClient> Load => clients.Skip(1);

    internal Window Current => _window;

    /// <summary>The window that a request belongs to which begins now.</summary>
    internal Window Begin()
    {
        lock (_gate)
        {
            _window.Begin();
            return _window;
        }
    }

    /// <summary>Opens a new window.</summary>
    /// <returns>The one before, in which nothing begins any more.</returns>
    internal Window Open(string name)
    {
        lock (_gate)
        {
            var before = _window;
            _window = new Window(name, EnoughGood, EnoughAttacks);
            return before;
        }
    }

    /// <summary>Keeps the fault as it is until enough requests have met it.</summary>
    internal Task LastAsync() => Current.Enough.WaitAsync(Patience);

    internal Task<ServerReading> DoAsync(string command, string argument = "") => server.DoAsync(new ChildCommand(command, argument));

    /// <summary>Sends a token that names a key which nobody has, until the API has tried to fetch keys and ended so.</summary>
    /// <returns>How many fetches ended so meanwhile.</returns>
    internal async Task<long> ProvokeFetchAsync(bool fails)
    {
        var before = Fetches(await server.ReadAsync(), fails);
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(BetweenRequests);
        while (true)
        {
            await TryAsync(() => Client.SendAsync(UnknownKey()), "a token that names an unknown key", 401);
            if (Fetches(await server.ReadAsync(), fails) - before is > 0 and var fetches)
            {
                return fetches;
            }

            FaultNotHeldException.ThrowUnless(watch.Elapsed < Patience, $"no fetch of keys {(fails ? "failed" : "succeeded")}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Waits until the API says that something is so.</summary>
    internal async Task UntilAsync(Func<ServerReading, bool> isSo, string otherwise)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(BetweenReadings);
        while (!isSo(await server.ReadAsync()))
        {
            FaultNotHeldException.ThrowUnless(watch.Elapsed < Patience, otherwise);
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Sends until the status is this one. Until then it may only be one of the others.</summary>
    internal static async Task<int> UntilAsync(Func<Task<int>> send, int status, params int[] meanwhile)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(BetweenRequests);
        for (var requests = 1; ; requests++)
        {
            var answer = await send();
            if (answer == status)
            {
                return requests;
            }

            FaultNotHeldException.ThrowUnless(meanwhile.Contains(answer), $"{answer} while waiting for {status}");
            FaultNotHeldException.ThrowUnless(watch.Elapsed < Patience, $"still {answer} and not {status}");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>An attack that belongs to the fault.</summary>
    internal async Task TryAsync(Func<Task<int>> send, string attack, params int[] refusals)
    {
        var outcome = await Outcome.OfAsync(send);
        Current.Tried(outcome);
        FaultNotHeldException.ThrowUnless(refusals.Contains(outcome.Status), $"{attack} was answered with {outcome}");
    }

    internal static async Task ExpectAsync(Func<Task<int>> send, string what, int status)
    {
        var answer = await send();
        FaultNotHeldException.ThrowUnless(answer == status, $"{what} was answered with {answer} and not with {status}");
    }

    internal string UnknownKey()
    {
        using var key = TestSigningKey.ES256();
        using var issuer = authorizationServer.TokensBy(key);
        return issuer.BoundTo(Client.Certificate);
    }

    private static long Fetches(ServerReading reading, bool failed) =>
        failed ? reading[SoakCommands.FailedKeyFetches] : reading[SoakCommands.KeyFetches] - reading[SoakCommands.FailedKeyFetches];
}
