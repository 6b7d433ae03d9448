namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What is measured, and for how long.</summary>
internal sealed record EndToEndOptions
{
    public required IReadOnlyList<Variant> Variants { get; init; }

    public required IReadOnlyList<Load> Loads { get; init; }

    public required IReadOnlyList<string> Algorithms { get; init; }

    public required bool Http2 { get; init; }

    public required TimeSpan Duration { get; init; }

    public required TimeSpan WarmUp { get; init; }

    public required int Rounds { get; init; }

    public required int Connections { get; init; }

    public required int TokenConnections { get; init; }

    public required int Tokens { get; init; }

    public required int Seed { get; init; }

    /// <summary>Whether the server and the load each keep to one half of the processors.</summary>
    public required bool Pin { get; init; }

    /// <summary>Room for half of the tokens (P9).</summary>
    internal long SmallCacheBytes => Tokens / 2 * (long)SignatureCache.EntryBytes;
}
