namespace BoundTokenEnforcement.Benchmarks;

/// <summary>How long, how much, and in which order.</summary>
internal sealed record SoakOptions
{
    public required TimeSpan Duration { get; init; }

    /// <summary>Requests in a second, of all clients together.</summary>
    public required int Rate { get; init; }

    public required int Clients { get; init; }

    public required int Seed { get; init; }

    /// <summary>Only faults in whose names this stands.</summary>
    public required string Only { get; init; }

    /// <summary>What the validated-token cache remembers; <see langword="null"/> for no cache.</summary>
    public required ValidatedTokenCacheContent? Remember { get; init; }
}
