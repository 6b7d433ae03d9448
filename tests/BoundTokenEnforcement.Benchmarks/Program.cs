using System.CommandLine;
using BoundTokenEnforcement.Benchmarks;

var root = new RootCommand("What enforcement costs, and what it withstands.")
{
    MicroCommand.Create(),
    EndToEndCommand.Create(),
    EndToEndCommand.CreateServer(),
    SoakCommand.Create(),
    SoakCommand.CreateServer(),
};

// The servers see to signals themselves: they have requests to finish.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
