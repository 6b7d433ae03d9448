namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What the guarded API must be told.</summary>
internal sealed record SoakSetup
{
    /// <summary>PKCS#12 in base64.</summary>
    public required string Certificate { get; init; }

    /// <summary>The authorization server, from which the keys are fetched.</summary>
    public required string Authority { get; init; }

    public required string Audience { get; init; }

    /// <inheritdoc cref="SoakOptions.Remember"/>
    public ValidatedTokenCacheContent? Remember { get; init; }
}
