namespace BoundTokenEnforcement.Benchmarks;

/// <summary>One line of the pipe. Each is answered with a <see cref="ServerReading"/>.</summary>
/// <param name="Name">What to do; <see cref="Read"/> and <see cref="Collect"/> are understood by all.</param>
/// <param name="Argument">With what, or how often.</param>
internal sealed record ChildCommand(string Name, string Argument = "")
{
    /// <summary>Nothing; only the answer is wanted.</summary>
    internal const string Read = "read";

    /// <summary>Collect all garbage first.</summary>
    internal const string Collect = "collect";

    internal int Count => int.Parse(Argument, provider: null);
}
