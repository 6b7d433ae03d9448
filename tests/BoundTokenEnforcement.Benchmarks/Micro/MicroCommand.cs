using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Hands everything behind its name to BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    internal static Command Create()
    {
        var command = new Command("micro", "Measures single steps with BenchmarkDotNet, whose options follow: --filter '*Guard*' --job short")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(static arguments => Run(arguments.UnmatchedTokens));
        return command;
    }

    internal static int Run(IReadOnlyList<string> arguments)
    {
        // BenchmarkDotNet builds everything once more, and gives up after two minutes where others build too.
        var config = ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(20));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run([.. arguments], config);
        return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
