using System.CommandLine;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The command that measures whole servers.</summary>
internal static class EndToEndCommand
{
    internal static Command Create()
    {
        var seconds = new Option<double>("--seconds") { Description = "How long each cell is under load in each round.", DefaultValueFactory = _ => 3 };
        var warmUp = new Option<double>("--warm-up") { Description = "How many seconds before the first round.", DefaultValueFactory = _ => 3 };
        var rounds = new Option<int>("--rounds") { Description = "How many rounds.", DefaultValueFactory = _ => 10 };
        var variants = Several("--variants", "The servers that are compared.", [.. Variants.Names]);
        var loads = Several("--load", "The kinds of requests.", [.. Loads.Names]);
        var algorithms = Several("--algorithms", "How the tokens are signed.", [.. LoadWorld.Algorithms]);
        var http1Only = new Option<bool>("--http1-only") { Description = "Leave HTTP/2 out." };
        var connections = new Option<int>("--connections") { Description = "Connections of each cell.", DefaultValueFactory = _ => 16 };
        var tokens = new Option<int>("--tokens") { Description = "How many tokens where there are many.", DefaultValueFactory = _ => 5000 };
        var tokenConnections = new Option<int>("--token-connections") { Description = "On how many connections those are.", DefaultValueFactory = _ => 1000 };
        var smallCache = new Option<long>("--small-cache-bytes") { Description = "How large the small cache is: room for half of the tokens.", DefaultValueFactory = _ => 2500 * 256 };
        var seed = new Option<int>("--seed") { Description = "Of the order of the cells.", DefaultValueFactory = _ => 8705 };
        var pin = new Option<bool>("--pin") { Description = "Keep server and load to one half of the processors each." };
        var json = new Option<bool>("--json") { Description = "Write JSON instead of Markdown." };
        var command = new Command("end-to-end", "Compares servers under load, each in its own process.")
        {
            seconds, warmUp, rounds, variants, loads, algorithms, http1Only, connections, tokens, tokenConnections, smallCache, seed, pin, json,
        };
        command.SetAction((arguments, cancellation) => RunAsync(
            new EndToEndOptions
            {
                Duration = TimeSpan.FromSeconds(arguments.GetValue(seconds)),
                WarmUp = TimeSpan.FromSeconds(arguments.GetValue(warmUp)),
                Rounds = arguments.GetValue(rounds),
                Variants = [.. arguments.GetValue(variants)!.Select(Variants.Parse).Distinct()],
                Loads = [.. arguments.GetValue(loads)!.Select(Loads.Parse).Distinct()],
                Algorithms = [.. arguments.GetValue(algorithms)!.Distinct(StringComparer.Ordinal)],
                Http2 = !arguments.GetValue(http1Only),
                Connections = arguments.GetValue(connections),
                Tokens = arguments.GetValue(tokens),
                TokenConnections = arguments.GetValue(tokenConnections),
                SmallCacheBytes = arguments.GetValue(smallCache),
                Seed = arguments.GetValue(seed),
                Pin = arguments.GetValue(pin),
            },
            arguments.GetValue(json),
            cancellation));
        return command;
    }

    /// <summary>Not for people: what <see cref="ChildProcess"/> starts.</summary>
    internal static Command CreateServer()
    {
        var command = new Command(VariantServer.Command) { Hidden = true };
        command.SetAction(static (_, _) => ChildLoop.RunAsync<ServerSetup>(VariantServer.StartAsync));
        return command;
    }

    private static async Task<int> RunAsync(EndToEndOptions options, bool json, CancellationToken cancellation)
    {
        var machine = Machine.Current();
        if (options.Pin)
        {
            Processors.KeepLoadAway();
        }

        using var world = new LoadWorld();
        var progress = Console.Error;
        var measurements = await new EndToEndRun(options, world, progress).RunAsync(cancellation);
        var rows = new Targets(measurements).Rows(options.Algorithms).ToList();
        if (options.Loads.Contains(Load.ManyTokens) && options.Variants.Contains(Variant.BoundCached))
        {
            rows.Add(await new EntrySize(options, world, progress).RunAsync());
        }

        if (options.Loads.Contains(Load.Cold))
        {
            rows.AddRange(await new ColdStart(options, world, progress).RunAsync(cancellation));
        }

        var report = new Report(machine, options, rows, measurements);
        await Console.Out.WriteLineAsync(json ? report.ToJson() : report.ToMarkdown());
        return 0;
    }

    private static Option<string[]> Several(string name, string description, string[] all)
    {
        var option = new Option<string[]>(name) { Description = description, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => all };
        option.AcceptOnlyFromAmong(all);
        return option;
    }
}
