using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Injects one fault after the other under constant load, all of them at least once, and again until the time is over.</summary>
internal sealed class SoakRun(SoakOptions options, TextWriter progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private long _unproven;

    internal async Task<IReadOnlyList<FaultResult>> RunAsync(CancellationToken cancellation)
    {
        await using var authorizationServer = await FaultyAuthorizationServer.UpAsync();
        using var certificate = TestCertificates.Server();
        var setup = new SoakSetup
        {
            Certificate = Convert.ToBase64String(certificate.Export(X509ContentType.Pkcs12)),
            Authority = authorizationServer.Issuer,
            Audience = authorizationServer.Tokens.Audience,
            Remember = options.Remember,
        };
        await using var server = await ChildProcess.StartAsync(SoakServer.Command, setup);
        var endpoint = new ServerEndpoint(server.Port, certificate);
        var clients = Enumerable.Range(0, options.Clients + 1).Select(number => new SoakClient(endpoint, authorizationServer.Tokens, number)).ToArray();
        try
        {
            for (var i = 0; i < clients.Length; i++)
            {
                clients[i].Victim = clients[(i + 1) % clients.Length];
            }

            var scene = new SoakScene(server, endpoint, authorizationServer, clients, setup);
            await SoakScene.UntilAsync(scene.Client.SendGoodAsync, 200, 503);
            return await RunAsync(scene, cancellation);
        }
        finally
        {
            Array.ForEach(clients, static client => client.Dispose());
        }
    }

    private async Task<IReadOnlyList<FaultResult>> RunAsync(SoakScene scene, CancellationToken cancellation)
    {
        var results = new List<FaultResult>();
        var growth = new Growth();
        await using var load = new ConstantLoad(scene, options);
        results.Add(await InjectAsync(scene, new Fault("nothing (warm-up)", WarmUpAsync)) with { IsFault = false });
        growth.Add(await scene.DoAsync(ChildCommand.Collect));

        Fault[] faults = [.. AuthorizationServerFaults.All, .. HostFaults.All, .. ClientFaults.All, .. TokenFaults.All];
        faults = [.. faults.Where(fault => fault.Name.Contains(options.Only, StringComparison.OrdinalIgnoreCase))];
#pragma warning disable CA5394 // The order must be repeatable, not secret.
        var order = new Random(options.Seed);
        var began = Stopwatch.GetTimestamp();
        do
        {
            order.Shuffle(faults);
#pragma warning restore CA5394
            foreach (var fault in faults)
            {
                cancellation.ThrowIfCancellationRequested();
                results.Add(await InjectAsync(scene, fault));
            }

            growth.Add(await scene.DoAsync(ChildCommand.Collect));
        }
        while (Stopwatch.GetElapsedTime(began) < options.Duration);

        results.Add(growth.Judge());
        results.Add(await InjectAsync(scene, new Fault(Termination.Name, Termination.InjectAsync), stop: load.StopAsync));
        return results;
    }

    private static async Task<string> WarmUpAsync(SoakScene scene)
    {
        await scene.LastAsync();
        return "all as it should be";
    }

    private async Task<FaultResult> InjectAsync(SoakScene scene, Fault fault, Func<Task>? stop = null)
    {
        await progress.WriteLineAsync(fault.Name);
        scene.Open(fault.Name);
        var problems = new List<string>();
        var seen = string.Empty;
        try
        {
            seen = await fault.InjectAsync(scene).WaitAsync(Patience);
        }
#pragma warning disable CA1031 // Whatever went wrong: it did not hold, and the next fault has its turn.
        catch (Exception e)
#pragma warning restore CA1031
        {
            problems.Add(e is FaultNotHeldException ? e.Message : e.ToString());
        }

        await (stop?.Invoke() ?? Task.CompletedTask);
        var window = scene.Open("between");
        await window.CloseAsync().WaitAsync(Patience);
        return Judge(window, seen, problems, mayBreak: stop is not null, stop is null ? await scene.Server.ReadAsync() : null);
    }

    /// <summary>What has to hold whatever happens.</summary>
    private FaultResult Judge(Window window, string seen, List<string> problems, bool mayBreak, ServerReading? reading)
    {
        foreach (var ((kind, outcome), count) in window.Counts)
        {
            var isFine = kind == Window.Good ? outcome.Status == 200 : outcome.IsRefusal;
            if (!isFine && !(mayBreak && outcome.IsBroken))
            {
                problems.Add($"{kind}: {count} × {outcome}");
            }
        }

        var unproven = (reading?[SoakCommands.Unproven] ?? _unproven) - _unproven;
        _unproven += unproven;
        if (unproven > 0)
        {
            problems.Add($"{unproven} requests entered without proof");
        }

        if (reading?[SoakCommands.TokensLogged] > 0)
        {
            problems.Add($"{reading[SoakCommands.TokensLogged]} log records held a token");
        }

        return new FaultResult(window.Name, $"{seen}; {window.GoodRequests} good, {window.Attempts} attacks", problems)
        {
            Attempts = window.Attempts,
            Entered = (int)Math.Max(window.Entered, unproven),
        };
    }
}
