namespace BoundTokenEnforcement;

/// <summary>The instruments of the validated-token cache, in the meter <see cref="BoundTokenTelemetry.MeterName"/>. They have no tags.</summary>
public static class ValidatedTokenCacheTelemetry
{
    /// <summary>Counter of signatures that were remembered, and not verified again.</summary>
    public const string HitsCounterName = "bound_token.cache.hits";

    /// <summary>Counter of signatures that had to be verified, good or bad. Of those who wait for the same one, only the first counts.</summary>
    public const string MissesCounterName = "bound_token.cache.misses";

    /// <summary>Counter of signatures that were verified, and were removed or not stored because the cache was full.</summary>
    public const string EvictionsCounterName = "bound_token.cache.evictions";

    /// <summary>What the remembered signatures take now, in bytes: their number, times what one of them takes.</summary>
    public const string BytesCounterName = "bound_token.cache.bytes";

    /// <summary>Counter of tokens whose identity was remembered, so that they were not read again.</summary>
    public const string IdentityHitsCounterName = "bound_token.cache.identity_hits";

    /// <summary>What the remembered identities take now, in bytes.</summary>
    public const string IdentityBytesCounterName = "bound_token.cache.identity_bytes";
}
