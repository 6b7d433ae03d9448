namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What stands between a request and the same small endpoint. One process for each.</summary>
internal enum Variant
{
    /// <summary>No authentication at all.</summary>
    None,

    /// <summary>JwtBearer alone: bound tokens are bearer tokens to it.</summary>
    Plain,

    /// <summary>The same once more. What differs between the two is noise.</summary>
    PlainAgain,

    /// <summary>JwtBearer with the binding enforced.</summary>
    Bound,

    /// <summary>The same with everything from Information up logged.</summary>
    BoundLogged,

    /// <summary>The same with the cache of validated tokens.</summary>
    BoundCached,

    /// <summary>The same with the cache of validated tokens, which remembers identities too.</summary>
    BoundIdentities,

    /// <summary>The same with a cache too small for the tokens of <see cref="Load.Overflow"/>.</summary>
    BoundSmallCache,

    /// <summary>The same behind a proxy that forwards certificates (RFC 9440).</summary>
    Forwarded,

    /// <summary>OpenIddict.Validation with local validation, which enforces the binding too.</summary>
    OpenIddict,
}
