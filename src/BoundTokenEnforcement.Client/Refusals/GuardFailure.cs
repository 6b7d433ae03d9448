namespace BoundTokenEnforcement;

/// <summary>
/// Why the guard did not send a request: the closed list. The numbers never change and are never used again; each one is the log event, the
/// metric tag and the entry of <c>docs/reference/client.md</c>.
/// </summary>
public enum GuardFailure
{
    /// <summary>Something happened that no rule expected.</summary>
    Unexpected = 0,

    /// <summary>The request does not go to the configured resource, or not over https (D35).</summary>
    RequestOutsideResource = 1,

    /// <summary>The client certificate cannot be used: no private key, not valid now, or not meant for clients.</summary>
    CertificateUnusable = 2,

    /// <summary>The token is bound to another certificate than the one in use.</summary>
    TokenOfAnotherCertificate = 3,

    /// <summary>
    /// The token is readable and says that it is not bound to a certificate, or in a way that is not understood. Or there are several Authorization values,
    /// or one that cannot be read.
    /// </summary>
    TokenNotBound = 4,

    /// <summary>The token comes from an issuer that is not allowed here, or that the resource does not name.</summary>
    IssuerNotAllowed = 5,

    /// <summary>The metadata could not be fetched: no answer, another status than 200, a redirect, too large or too slow.</summary>
    MetadataUnreachable = 6,

    /// <summary>The metadata is not one strict JSON document of RFC 9728.</summary>
    MetadataInvalid = 7,

    /// <summary>The metadata is about another resource (RFC 9728 §3.3).</summary>
    MetadataOfAnotherResource = 8,

    /// <summary>The metadata does not say <c>tls_client_certificate_bound_access_tokens: true</c>.</summary>
    BoundTokensNotSupported = 9,

    /// <summary>The metadata did say so before, and does not any longer.</summary>
    EnforcementWithdrawn = 10,

    /// <summary>The signature of <c>signed_metadata</c> does not hold, or the signed copy is missing although keys for it are configured.</summary>
    MetadataSignatureInvalid = 11,

    /// <summary>This connection's handshake did not request the client certificate: the server cannot check the binding.</summary>
    CertificateNotRequested = 12,

    /// <summary>The server's address is not one that may be called: loopback, link-local or private.</summary>
    AddressNotAllowed = 13,

    /// <summary>The authorization server's metadata could not be fetched, or is not what RFC 8414 demands.</summary>
    AuthorizationServerUnusable = 15,

    /// <summary>The authorization server did not give a token that could be used as a bound one.</summary>
    TokenUnobtainable = 16,

    /// <summary>
    /// This connection's handshake requested the client certificate but does not prove that it was sent, for example because the server accepts no signature of
    /// its key: the server cannot check the binding.
    /// </summary>
    CertificateNotSent = 17,
}
