namespace BoundTokenEnforcement;

/// <summary>From what the application configured to the document that is published.</summary>
internal static class ProtectedResourceMetadataOptionsDocument
{
    // The body and the query are not read for tokens (R9700: FAPI 2.0 §5.3.4 forbids the latter).
    private static readonly string[] HeaderOnly = ["header"];

    /// <exception cref="ArgumentException">A value is not what RFC 9728 §2 allows; the parameter name says which.</exception>
    internal static ProtectedResourceMetadata ToDocument(
        this ProtectedResourceMetadataOptions options, ResourceIdentifier resource, bool boundTokensEnforced) => new()
        {
            Resource = resource,
            AuthorizationServers = [.. options.AuthorizationServers],
            JwksUri = options.JwksUri,
            ScopesSupported = [.. options.ScopesSupported],
            BearerMethodsSupported = HeaderOnly,
            ResourceSigningAlgValuesSupported = [.. options.ResourceSigningAlgValuesSupported],
            ResourceName = options.ResourceName,
            LocalizedResourceNames = options.LocalizedResourceNames.AsReadOnly(),
            ResourceDocumentation = options.ResourceDocumentation,
            LocalizedResourceDocumentation = options.LocalizedResourceDocumentation.AsReadOnly(),
            ResourcePolicyUri = options.ResourcePolicyUri,
            LocalizedResourcePolicyUris = options.LocalizedResourcePolicyUris.AsReadOnly(),
            ResourceTosUri = options.ResourceTosUri,
            LocalizedResourceTosUris = options.LocalizedResourceTosUris.AsReadOnly(),
            AuthorizationDetailsTypesSupported = [.. options.AuthorizationDetailsTypesSupported],
            TlsClientCertificateBoundAccessTokens = boundTokensEnforced ? true : null,
        };
}
