namespace BoundTokenEnforcement;

/// <summary>What an authentication scheme does with access tokens, as far as its handler type shows.</summary>
internal enum SchemeKind
{
    /// <summary>A handler that we do not know. It may accept access tokens.</summary>
    Unknown = 0,

    /// <summary>JwtBearer, with our handler in its place.</summary>
    Guarded,

    /// <summary>Only forwards to other schemes, which are decided on separately.</summary>
    Forwards,

    /// <summary>Does not accept access tokens: cookies, certificates, sign-in at another site, Windows, challenges only.</summary>
    WithoutTokens,

    /// <summary>Compares the certificate itself, as the application says.</summary>
    VerifiesBindings,
}
