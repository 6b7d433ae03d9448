namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Something that goes wrong.</summary>
/// <param name="Name">What.</param>
/// <param name="InjectAsync">
/// Makes it go wrong, keeps it so until enough requests have met it, checks what has to hold only here, and mends it. Returns what was seen.
/// </param>
internal sealed record Fault(string Name, Func<SoakScene, Task<string>> InjectAsync);
