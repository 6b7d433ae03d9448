namespace BoundTokenEnforcement;

internal static class Program
{
    private static Task<int> Main(string[] arguments) => CommandLine.RunAsync(arguments, Console.Out, Console.Error, CancellationToken.None);
}
