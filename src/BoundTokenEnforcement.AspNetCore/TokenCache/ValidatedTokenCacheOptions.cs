namespace BoundTokenEnforcement;

/// <summary>How much is remembered about tokens that were seen before. Looked at only at start.</summary>
public sealed class ValidatedTokenCacheOptions
{
    internal const long LeastMaxBytes = 64 * 1024;

    /// <summary>
    /// The most memory that the cache may take. A signature takes about 256 bytes, however long the token is. An identity takes what its claims take, as
    /// estimated from them: about 5 kB with nine claims. Where identities are remembered, a quarter of the room is kept for signatures. If there is no more
    /// room, those that were not asked for the longest time leave.
    /// </summary>
    /// <value>Default: 16,777,216 (16 MiB, room for 65,536 signatures). At least 65,536.</value>
    public long MaxBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>What is remembered. The binding is compared in each request, whatever is remembered.</summary>
    /// <value>Default: <see cref="ValidatedTokenCacheContent.Signatures"/>.</value>
    public ValidatedTokenCacheContent Remember { get; set; }
}
