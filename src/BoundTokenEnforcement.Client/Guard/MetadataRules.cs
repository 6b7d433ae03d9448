namespace BoundTokenEnforcement;

/// <summary>What the metadata must say before a bound token may be sent. Necessary, not sufficient: see <see cref="GuardedTls"/>.</summary>
internal static class MetadataRules
{
    /// <returns>The allowed issuers that the resource names; all allowed ones if it names none.</returns>
    /// <exception cref="BoundTokenGuardException">It does not say what it must.</exception>
    internal static HashSet<string> RequireSupport(ProtectedResourceMetadata metadata, ICollection<string> allowedIssuers)
    {
        // RFC 9728 §2: absent is false.
        if (metadata.TlsClientCertificateBoundAccessTokens is not true)
        {
            throw new BoundTokenGuardException(
                GuardFailure.BoundTokensNotSupported,
                $"'{metadata.Resource}' does not say that it supports certificate-bound access tokens (tls_client_certificate_bound_access_tokens: true), so it may accept one without its certificate.");
        }

        // RFC 9728 §2: optional. A resource that names none leaves it to the client, whose list is configured.
        var issuers = metadata.AuthorizationServers is { } named
            ? named.Where(allowedIssuers.Contains).ToHashSet(StringComparer.Ordinal)
            : allowedIssuers.ToHashSet(StringComparer.Ordinal);
        return issuers.Count > 0
            ? issuers
            : throw new BoundTokenGuardException(GuardFailure.IssuerNotAllowed, $"'{metadata.Resource}' names the authorization servers {ForeignText.QuoteAll(metadata.AuthorizationServers)}, and {nameof(BoundTokenGuardOptions.AllowedIssuers)} are {ForeignText.QuoteAll(allowedIssuers)}. They are compared character by character.");
    }
}
