namespace BoundTokenEnforcement;

/// <summary>What the validated-token cache remembers about a token.</summary>
public enum ValidatedTokenCacheContent
{
    /// <summary>
    /// Verified signatures alone, as digests. Each request reads the token, checks everything else, and makes new claims. Holds no personal data.
    /// </summary>
    Signatures = 0,

    /// <summary>
    /// The identity as well, so that a token that comes again is not read again. Each request gets a copy. Used only in schemes whose validation has no code
    /// of the application's own; the others remember signatures. Holds the claims of tokens in memory until they expire.
    /// </summary>
    Identities = 1,
}
