namespace BoundTokenEnforcement;

/// <summary>What the metadata must say before a bound token may be sent. Necessary, not sufficient: see <see cref="GuardedTls"/>.</summary>
internal static class MetadataRules
{
    /// <returns>The allowed issuers that the resource names.</returns>
    /// <exception cref="BoundTokenRefusedException">It does not say what it must.</exception>
    internal static HashSet<string> RequireSupport(ProtectedResourceMetadata metadata, ICollection<string> allowedIssuers)
    {
        // RFC 9728 §2: absent is false.
        if (metadata.TlsClientCertificateBoundAccessTokens is not true)
        {
            throw new BoundTokenRefusedException(
                GuardRefusal.BoundTokensNotSupported,
                $"'{metadata.Resource}' does not say that it supports certificate-bound access tokens, so it might take one from anybody.");
        }

        var issuers = (metadata.AuthorizationServers ?? []).Where(allowedIssuers.Contains).ToHashSet(StringComparer.Ordinal);
        return issuers.Count > 0
            ? issuers
            : throw new BoundTokenRefusedException(GuardRefusal.IssuerNotAllowed, $"'{metadata.Resource}' names no authorization server that is allowed here.");
    }
}
