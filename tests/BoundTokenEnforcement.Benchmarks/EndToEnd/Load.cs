namespace BoundTokenEnforcement.Benchmarks;

/// <summary>What kind of requests is sent.</summary>
internal enum Load
{
    /// <summary>Each connection with its own certificate and the token bound to it.</summary>
    Accept,

    /// <summary>Each with a token that is bound to another's certificate.</summary>
    Mismatch,

    /// <summary>Each with a bound token and no certificate.</summary>
    NoCertificate,

    /// <summary>Each with its own certificate, and a token that is bound to it but not signed by the issuer.</summary>
    BadSignature,

    /// <summary>Many connections, each with several tokens that it uses in turn.</summary>
    ManyTokens,

    /// <summary>The same with more tokens than the small cache holds.</summary>
    Overflow,

    /// <summary>The first request to a server that has just started.</summary>
    Cold,
}
