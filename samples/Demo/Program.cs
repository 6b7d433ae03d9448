using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Demo;

[assembly: SupportedOSPlatform("linux")]

const int Success = 0, Failure = 1, Usage = 2, Interrupted = 130;

if (args.Contains("--help"))
{
    Console.WriteLine("""
        Shows what a stolen certificate-bound token opens, before and after adoption.

          --json    print the rows as JSON
          --serve   keep everything running, and print commands to try by hand
          --help    print this

        The exit code is 0 only if every row is as expected.
        """);
    return Success;
}

if (args.FirstOrDefault(arg => arg is not ("--json" or "--serve")) is { } unknown)
{
    Console.Error.WriteLine($"Unknown argument {unknown}; --help lists the known ones.");
    return Usage;
}

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("The Demo needs Linux (or WSL, or a container): its APIs trust the authorization server through SSL_CERT_FILE, which .NET does not read elsewhere.");
    return Usage;
}

var json = args.Contains("--json");
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

try
{
    await using var world = await DemoWorld.StartAsync(stop.Token);
    IReadOnlyList<DemoRow> rows =
    [
        .. await new Scenarios(world).RunAsync(stop.Token),
        .. await new GuardedClient(world).RunAsync(stop.Token),
        .. await new SecondScheme(world.Certificates.Server).RunAsync(stop.Token),
    ];
    if (json)
    {
        Console.WriteLine(DemoTable.ToJson(rows));
    }
    else
    {
        DemoTable.Print(rows);
    }

    var asExpected = rows.All(row => row.Ok);
    if (!asExpected)
    {
        Console.Error.WriteLine($"BearerApi printed:\n{world.BearerApi.Log}\n\nBoundApi printed:\n{world.BoundApi.Log}");
    }

    if (args.Contains("--serve"))
    {
        await Serve.RunAsync(world, json ? Console.Error : Console.Out, stop.Token);
    }

    return asExpected ? Success : Failure;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return Interrupted;
}
catch (DemoFailedException failure)
{
    Console.Error.WriteLine(failure.Message);
    return Failure;
}

void Stop(PosixSignalContext signal)
{
    // The default would end the process at once, and leave the APIs and the keys in the folder behind.
    signal.Cancel = true;
    stop.Cancel();
}
