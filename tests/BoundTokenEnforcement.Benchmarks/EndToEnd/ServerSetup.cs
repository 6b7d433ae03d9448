namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What the server of a variant must be told.</summary>
internal sealed record ServerSetup
{
    public required string Variant { get; init; }

    /// <summary>PKCS#12 in base64.</summary>
    public required string Certificate { get; init; }

    public required string Issuer { get; init; }

    public required string Audience { get; init; }

    /// <summary>The public keys of the issuer, as JWK sets.</summary>
    public required IReadOnlyList<string> KeySets { get; init; }

    /// <summary>How large the small cache is.</summary>
    public required long SmallCacheBytes { get; init; }

    /// <summary>Which processors the server keeps to; 0 for all.</summary>
    public required long Affinity { get; init; }
}
