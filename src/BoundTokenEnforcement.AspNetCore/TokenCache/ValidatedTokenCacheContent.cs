namespace BoundTokenEnforcement;

/// <summary>What the validated-token cache remembers about a token.</summary>
public enum ValidatedTokenCacheContent
{
    /// <summary>
    /// Verified signatures alone, as digests. Each request reads the token, checks everything else, and makes new claims. Holds no personal data.
    /// </summary>
    Signatures = 0,

    /// <summary>
    /// The identity as well, so that a token that comes again is not read again. Each request gets a copy. Used only in schemes that validate without
    /// delegates, handlers or parameters of the application's own types; the others remember signatures. Holds the claims of tokens, and with them personal
    /// data, in memory.
    /// </summary>
    Identities = 1,
}
