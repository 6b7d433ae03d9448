namespace BoundTokenEnforcement;

/// <summary>From what the application configured to the document that is published.</summary>
internal static class ProtectedResourceMetadataOptionsDocument
{
    // The body and the query are not read for tokens (R9700: FAPI 2.0 §5.3.4 forbids the latter).
    private static readonly string[] HeaderOnly = ["header"];

    internal static ProtectedResourceMetadata ToDocument(
        this ProtectedResourceMetadataOptions options, ResourceIdentifier resource, bool boundTokensEnforced, string? signedMetadata) => new()
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
            SignedMetadata = signedMetadata,
        };
}
