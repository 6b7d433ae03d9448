using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// What this API says about itself (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-2">RFC 9728 §2</see>). Bound from the
/// configuration section <c>ProtectedResource</c>, or <c>ProtectedResources:{name}</c> for one of several, then from code. Read once, at start.
/// </summary>
/// <remarks>
/// Two members are not here, because they follow from what is done: <c>tls_client_certificate_bound_access_tokens</c> is true exactly
/// while bound tokens are enforced, and <c>bearer_methods_supported</c> is <c>["header"]</c>.
/// </remarks>
public sealed class ProtectedResourceMetadataOptions
{
    /// <summary>The configuration section that is bound first where there is one resource.</summary>
    public const string SectionName = "ProtectedResource";

    /// <summary>The configuration section in which each named resource has its own.</summary>
    public const string NamedSectionName = "ProtectedResources";

    /// <summary>The resource identifier: the <c>https</c> URL by which clients know this API, exactly as they write it.</summary>
    /// <value>Required. Never taken from the request.</value>
    public string? Resource { get; set; }

    /// <summary>The issuer identifiers of the authorization servers whose tokens are accepted.</summary>
    /// <value>At least one.</value>
    public IList<string> AuthorizationServers { get; } = [];

    /// <summary>The scopes that are used here. No wish list: clients ask for the least they need (RFC 9728 §7.2).</summary>
    /// <value>Default: empty, and then left out.</value>
    public IList<string> ScopesSupported { get; } = [];

    /// <summary>Where this API's own public keys are; not those of the authorization server.</summary>
    /// <value>Default: none. An <c>https</c> URL.</value>
    public string? JwksUri { get; set; }

    /// <summary>The JWS algorithms with which this API signs its answers. <c>none</c> is refused.</summary>
    /// <value>Default: empty, and then left out.</value>
    public IList<string> ResourceSigningAlgValuesSupported { get; } = [];

    /// <summary>The name of this API, for people.</summary>
    /// <value>Default: none.</value>
    public string? ResourceName { get; set; }

    /// <summary>The name by language tag (BCP 47).</summary>
    /// <value>Default: empty.</value>
    public IDictionary<string, string> LocalizedResourceNames { get; } = new Dictionary<string, string>();

    /// <summary>A page for developers.</summary>
    /// <value>Default: none.</value>
    public string? ResourceDocumentation { get; set; }

    /// <summary>The page for developers by language tag.</summary>
    /// <value>Default: empty.</value>
    public IDictionary<string, string> LocalizedResourceDocumentation { get; } = new Dictionary<string, string>();

    /// <summary>A page on how the data may be used.</summary>
    /// <value>Default: none.</value>
    public string? ResourcePolicyUri { get; set; }

    /// <summary>The page on how the data may be used, by language tag.</summary>
    /// <value>Default: empty.</value>
    public IDictionary<string, string> LocalizedResourcePolicyUris { get; } = new Dictionary<string, string>();

    /// <summary>A page with the terms of service.</summary>
    /// <value>Default: none.</value>
    public string? ResourceTosUri { get; set; }

    /// <summary>The page with the terms of service, by language tag.</summary>
    /// <value>Default: empty.</value>
    public IDictionary<string, string> LocalizedResourceTosUris { get; } = new Dictionary<string, string>();

    /// <summary>The types of authorization details (RFC 9396) that are understood here.</summary>
    /// <value>Default: empty, and then left out.</value>
    public IList<string> AuthorizationDetailsTypesSupported { get; } = [];

    /// <summary>How long clients and caches may keep the document.</summary>
    /// <value>Default: 5 minutes. From 0 to 1 day: a client that keeps it longer does not notice that enforcement ended.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether scripts of every web site may read the document (CORS). It is public, and the request carries nothing that could be stolen.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowAnyOrigin { get; set; }

    /// <summary>
    /// The authentication schemes that this resource uses, where one host has several resources. Only their enforcement then decides whether bound tokens are
    /// said to be enforced, and that of the default scheme. As soon as one of them may forward to others, all schemes of the host count.
    /// </summary>
    /// <value>Default: empty, which means all.</value>
    public IList<string> Schemes { get; } = [];

    internal MetadataSigning? Signing { get; private set; }

    /// <summary>
    /// Adds <c>signed_metadata</c>: the same members once more, as a JWT (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-2.2">RFC 9728 §2.2</see>)
    /// of type <c>resource-metadata+jwt</c>, with <c>iss</c> and <c>iat</c>. It is signed at start, and has no end.
    /// </summary>
    /// <param name="credentials">A private key and its algorithm: ES256, PS256, RS256 or their longer siblings. Anything else stops the host.</param>
    /// <param name="issuer">The party that attests to the metadata. RFC 9728 does not say how clients come to trust its key.</param>
    /// <exception cref="ArgumentNullException">One of them is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="issuer"/> is empty.</exception>
    public void SignMetadata(SigningCredentials credentials, string issuer)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        ArgumentException.ThrowIfNullOrWhiteSpace(issuer);
        Signing = new MetadataSigning(credentials, issuer);
    }

    /// <summary>The configuration path of an option, for error messages.</summary>
    internal static string PathOf(string? name, string option) =>
        string.IsNullOrEmpty(name) ? $"{SectionName}:{option}" : $"{NamedSectionName}:{name}:{option}";
}
