namespace BoundTokenEnforcement;

/// <summary>Why a text is not protected resource metadata. Numbers are never reused.</summary>
public enum MetadataFault
{
    /// <summary>It is longer than <see cref="ProtectedResourceMetadata.MaxLength"/>.</summary>
    TooLong = 1,

    /// <summary>
    /// It is not JSON in UTF-8: wrong syntax, a comment, a comma too many, something behind the value, broken characters, or nested deeper than
    /// <see cref="ProtectedResourceMetadata.MaxDepth"/>.
    /// </summary>
    InvalidJson = 2,

    /// <summary>It is JSON, but not an object (RFC 9728 §3.2).</summary>
    NotAnObject = 3,

    /// <summary>An object, on whatever level, has a member twice, or a text has two variants whose language tags differ in case only.</summary>
    DuplicateMember = 4,

    /// <summary>A member that RFC 9728 defines is null or has the wrong type. A flag is a JSON boolean and nothing else.</summary>
    WrongType = 5,

    /// <summary>There is no <c>resource</c> (RFC 9728 §2).</summary>
    ResourceMissing = 6,

    /// <summary><c>resource</c> is not a <see cref="ResourceIdentifier"/>.</summary>
    ResourceInvalid = 7,

    /// <summary><c>jwks_uri</c> is not an <c>https</c> URL (RFC 9728 §2).</summary>
    JwksUriInvalid = 8,

    /// <summary><c>bearer_methods_supported</c> names something other than <c>header</c>, <c>body</c> and <c>query</c> (RFC 9728 §2).</summary>
    BearerMethodUnknown = 9,

    /// <summary>A list of signing algorithms contains <c>none</c> (RFC 9728 §2), in whatever case.</summary>
    AlgorithmNone = 10,
}
