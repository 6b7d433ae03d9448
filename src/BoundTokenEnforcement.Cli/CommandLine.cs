using System.CommandLine;

namespace BoundTokenEnforcement;

/// <summary>The commands of <c>bound-token</c>.</summary>
internal static class CommandLine
{
    /// <returns>The exit code: 0 if the command did what it says.</returns>
    internal static Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var root = new RootCommand("Works with certificate-bound access tokens (RFC 8705).") { UserJwtCommand.Create() };
        return root.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken);
    }
}
