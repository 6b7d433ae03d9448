using System.CommandLine;
using BoundTokenEnforcement.Benchmarks;

var root = new RootCommand("What enforcement costs, and what it withstands.") { MicroCommand.Create() };
return await root.Parse(args).InvokeAsync();
