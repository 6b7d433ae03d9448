using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace BoundTokenEnforcement;

/// <summary>
/// What a resource server says about itself (<see href="https://www.rfc-editor.org/rfc/rfc9728#section-2">RFC 9728 §2</see>): immutable, read strictly, written always
/// in the same way. Null means that the member is absent; a list may be empty.
/// </summary>
/// <remarks>
/// Not checked: that the document belongs to the resource it was asked for (compare <see cref="Resource"/>, RFC 9728 §3.3), that the authorization servers are
/// issuer identifiers or trusted, that pages are URLs, and anything in <see cref="SignedMetadata"/>. Members that RFC 9728 does not define are ignored.
/// </remarks>
public sealed class ProtectedResourceMetadata
{
    /// <summary>The greatest number of bytes that <see cref="TryParse(ReadOnlySpan{byte}, out ProtectedResourceMetadata?, out MetadataFault?)"/> reads.</summary>
    /// <value>65536.</value>
    public const int MaxLength = 65536;

    /// <summary>How deep objects and arrays may be nested; only members that are ignored ever are.</summary>
    /// <value>16.</value>
    public const int MaxDepth = 16;

    private static readonly FrozenDictionary<string, string> NoVariants = FrozenDictionary<string, string>.Empty;

    /// <summary><c>resource</c>, required: the identifier of the resource.</summary>
    /// <exception cref="ArgumentNullException">It is set to null.</exception>
    public required ResourceIdentifier Resource
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Resource));
    }

    /// <summary><c>authorization_servers</c>, optional: identifiers of issuers whose tokens may be used here; not necessarily all.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is null or not well-formed text.</exception>
    public IReadOnlyList<string>? AuthorizationServers
    {
        get;
        init => field = MetadataValue.List(value);
    }

    /// <summary><c>jwks_uri</c>, optional: where the resource server's own public keys are.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not an <c>https</c> URL.</exception>
    public string? JwksUri
    {
        get;
        init => field = MetadataValue.Text(value, MetadataValue.IsJwksUri);
    }

    /// <summary><c>scopes_supported</c>, recommended: scopes that are used here; not necessarily all, and no list to request from.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is null or not well-formed text.</exception>
    public IReadOnlyList<string>? ScopesSupported
    {
        get;
        init => field = MetadataValue.List(value);
    }

    /// <summary><c>bearer_methods_supported</c>, optional: how a token may be sent. Empty says in no way, null says nothing.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is not <c>header</c>, <c>body</c> or <c>query</c>.</exception>
    public IReadOnlyList<string>? BearerMethodsSupported
    {
        get;
        init => field = MetadataValue.List(value, MetadataValue.IsBearerMethod);
    }

    /// <summary><c>resource_signing_alg_values_supported</c>, optional: JWS algorithms of signed responses.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is null, not well-formed text, or <c>none</c>.</exception>
    public IReadOnlyList<string>? ResourceSigningAlgValuesSupported
    {
        get;
        init => field = MetadataValue.List(value, MetadataValue.IsSigningAlgorithm);
    }

    /// <summary><c>resource_name</c>, recommended: a name for people, in no known language (RFC 9728 §2.1).</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not well-formed text.</exception>
    public string? ResourceName
    {
        get;
        init => field = MetadataValue.Text(value);
    }

    /// <summary><c>resource_name#…</c>: the name by language tag; tags are found in any case.</summary>
    /// <value>Empty.</value>
    /// <exception cref="ArgumentException">A tag is malformed or occurs in two cases, or a text is null or not well-formed.</exception>
    public IReadOnlyDictionary<string, string> LocalizedResourceNames
    {
        get;
        init => field = MetadataValue.Variants(value);
    } = NoVariants;

    /// <summary><c>resource_documentation</c>, optional: a page for developers.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not well-formed text.</exception>
    public string? ResourceDocumentation
    {
        get;
        init => field = MetadataValue.Text(value);
    }

    /// <summary><c>resource_documentation#…</c>: the page by language tag; tags are found in any case.</summary>
    /// <value>Empty.</value>
    /// <exception cref="ArgumentException">A tag is malformed or occurs in two cases, or a text is null or not well-formed.</exception>
    public IReadOnlyDictionary<string, string> LocalizedResourceDocumentation
    {
        get;
        init => field = MetadataValue.Variants(value);
    } = NoVariants;

    /// <summary><c>resource_policy_uri</c>, optional: a page on how data may be used.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not well-formed text.</exception>
    public string? ResourcePolicyUri
    {
        get;
        init => field = MetadataValue.Text(value);
    }

    /// <summary><c>resource_policy_uri#…</c>: the page by language tag; tags are found in any case.</summary>
    /// <value>Empty.</value>
    /// <exception cref="ArgumentException">A tag is malformed or occurs in two cases, or a text is null or not well-formed.</exception>
    public IReadOnlyDictionary<string, string> LocalizedResourcePolicyUris
    {
        get;
        init => field = MetadataValue.Variants(value);
    } = NoVariants;

    /// <summary><c>resource_tos_uri</c>, optional: a page with the terms of service.</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not well-formed text.</exception>
    public string? ResourceTosUri
    {
        get;
        init => field = MetadataValue.Text(value);
    }

    /// <summary><c>resource_tos_uri#…</c>: the page by language tag; tags are found in any case.</summary>
    /// <value>Empty.</value>
    /// <exception cref="ArgumentException">A tag is malformed or occurs in two cases, or a text is null or not well-formed.</exception>
    public IReadOnlyDictionary<string, string> LocalizedResourceTosUris
    {
        get;
        init => field = MetadataValue.Variants(value);
    } = NoVariants;

    /// <summary>
    /// <c>tls_client_certificate_bound_access_tokens</c>, optional: whether certificate-bound access tokens are supported. Null means false; only
    /// <c>is true</c> says yes.
    /// </summary>
    /// <value>Null.</value>
    public bool? TlsClientCertificateBoundAccessTokens { get; init; }

    /// <summary><c>authorization_details_types_supported</c>, optional: types of authorization details (RFC 9396).</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is null or not well-formed text.</exception>
    public IReadOnlyList<string>? AuthorizationDetailsTypesSupported
    {
        get;
        init => field = MetadataValue.List(value);
    }

    /// <summary><c>dpop_signing_alg_values_supported</c>, optional: JWS algorithms of DPoP proofs (RFC 9449).</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">An element is null, not well-formed text, or <c>none</c>.</exception>
    public IReadOnlyList<string>? DpopSigningAlgValuesSupported
    {
        get;
        init => field = MetadataValue.List(value, MetadataValue.IsSigningAlgorithm);
    }

    /// <summary><c>dpop_bound_access_tokens_required</c>, optional: whether only DPoP-bound tokens are accepted. Null means false.</summary>
    /// <value>Null.</value>
    public bool? DpopBoundAccessTokensRequired { get; init; }

    /// <summary><c>signed_metadata</c>, optional: a signed JWT as it was sent. It is neither read nor verified, and proves nothing here (RFC 9728 §2.2).</summary>
    /// <value>Null.</value>
    /// <exception cref="ArgumentException">It is not well-formed text.</exception>
    public string? SignedMetadata
    {
        get;
        init => field = MetadataValue.Text(value);
    }

    /// <summary>
    /// Reads a document: one JSON object, no member twice on any level, every member of RFC 9728 of its proper type. Strings are unescaped and otherwise left as they
    /// are (RFC 9728 §6).
    /// </summary>
    /// <param name="utf8">The whole body of the response.</param>
    /// <param name="metadata">The document; null when the result is false.</param>
    /// <param name="fault">The first fault found; null when the result is true.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out ProtectedResourceMetadata? metadata,
        [NotNullWhen(false)] out MetadataFault? fault)
    {
        fault = MetadataReader.Read(utf8, out metadata, out _);
        return metadata is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out ProtectedResourceMetadata?, out MetadataFault?)" path="/summary|/remarks|/exception"/>
    /// <param name="utf8">The whole body of the response.</param>
    /// <param name="metadata">The document; null when the result is false.</param>
    /// <param name="fault">The first fault found; null when the result is true.</param>
    /// <param name="member">The name of the member at fault; null when the result is true, and where the fault is not in one member.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> utf8,
        [NotNullWhen(true)] out ProtectedResourceMetadata? metadata,
        [NotNullWhen(false)] out MetadataFault? fault,
        out string? member)
    {
        fault = MetadataReader.Read(utf8, out metadata, out member);
        return metadata is not null;
    }

    /// <summary>
    /// Writes the document as UTF-8 JSON: members in the order of RFC 9728 §2, each followed by its language variants; what is null is left out, and so are empty
    /// lists (RFC 9728 §3.2), except an empty <see cref="BearerMethodsSupported"/>, which has a distinct meaning.
    /// </summary>
    public byte[] ToUtf8Json() => MetadataWriter.Write(this);
}
