using System.CommandLine;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>The command that lets everything around the API go wrong.</summary>
internal static class SoakCommand
{
    internal static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "How long. Each fault has its turn at least once, however short this is.", DefaultValueFactory = _ => 2 };
        var hours = new Option<double?>("--hours") { Description = "How long, instead of --minutes." };
        var rate = new Option<int>("--rate") { Description = "Requests in a second, one in ten of them an attack.", DefaultValueFactory = _ => 200 };
        var clients = new Option<int>("--clients") { Description = "How many clients send them.", DefaultValueFactory = _ => 16 };
        var seed = new Option<int>("--seed") { Description = "Of the attacks and of the order of the faults.", DefaultValueFactory = _ => 8705 };
        var only = new Option<string>("--only") { Description = "Only faults in whose names this stands.", DefaultValueFactory = _ => "" };
        var remember = new Option<ValidatedTokenCacheContent?>("--remember") { Description = "With the validated-token cache, and what it remembers." };
        var command = new Command("soak", "Lets everything around a guarded API go wrong, under load and under attack.") { minutes, hours, rate, clients, seed, only, remember };
        command.SetAction((arguments, cancellation) => RunAsync(
            new SoakOptions
            {
                Duration = arguments.GetValue(hours) is { } given ? TimeSpan.FromHours(given) : TimeSpan.FromMinutes(arguments.GetValue(minutes)),
                Rate = arguments.GetValue(rate),
                Clients = arguments.GetValue(clients),
                Seed = arguments.GetValue(seed),
                Only = arguments.GetValue(only)!,
                Remember = arguments.GetValue(remember),
            },
            cancellation));
        return command;
    }

    /// <summary>Not for people: what <see cref="ChildProcess"/> starts.</summary>
    internal static Command CreateServer()
    {
        var command = new Command(SoakServer.Command) { Hidden = true };
        command.SetAction(static (_, _) => ChildLoop.RunAsync<SoakSetup>(SoakServer.StartAsync));
        return command;
    }

    private static async Task<int> RunAsync(SoakOptions options, CancellationToken cancellation)
    {
        var results = await new SoakRun(options, Console.Error).RunAsync(cancellation);
        await SoakReport.WriteAsync(results, Console.Out);
        return results.All(result => result.Held) ? 0 : 1;
    }
}
