namespace BoundTokenEnforcement;

/// <summary>The member names of RFC 9728 §2, in the order in which they are written.</summary>
internal static class MetadataMember
{
    public const string Resource = "resource";
    public const string AuthorizationServers = "authorization_servers";
    public const string JwksUri = "jwks_uri";
    public const string ScopesSupported = "scopes_supported";
    public const string BearerMethodsSupported = "bearer_methods_supported";
    public const string ResourceSigningAlgValuesSupported = "resource_signing_alg_values_supported";
    public const string ResourceName = "resource_name";
    public const string ResourceDocumentation = "resource_documentation";
    public const string ResourcePolicyUri = "resource_policy_uri";
    public const string ResourceTosUri = "resource_tos_uri";
    public const string TlsClientCertificateBoundAccessTokens = "tls_client_certificate_bound_access_tokens";
    public const string AuthorizationDetailsTypesSupported = "authorization_details_types_supported";
    public const string DpopSigningAlgValuesSupported = "dpop_signing_alg_values_supported";
    public const string DpopBoundAccessTokensRequired = "dpop_bound_access_tokens_required";
    public const string SignedMetadata = "signed_metadata";
}
