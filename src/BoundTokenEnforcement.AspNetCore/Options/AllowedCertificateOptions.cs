namespace BoundTokenEnforcement;

/// <summary>
/// Whose certificates tokens may be bound to, besides that the binding holds. Bound from <c>BoundTokens:AllowedCertificates</c>, then from code.
/// </summary>
/// <remarks>
/// <para>Every list that is empty allows all. With <see cref="Issuers"/>, the issuer must be one of them. With any of the others, the certificate must have one of
/// the names in any of these: those by which an authorization server knows clients (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2">RFC 8705 §2.1.2</see>).</para>
/// <para>Not checked here: that the authority really signed what stands in the certificate. So <see cref="BoundTokenEnforcementOptions.CertificateAuthenticationScheme"/> must
/// be set, or a trusted proxy must forward the certificate, and verify it.</para>
/// </remarks>
public sealed class AllowedCertificateOptions
{
    /// <summary>The key identifiers of the authorities, in hexadecimal, with or without colons: what their certificates have as subject key identifier, and those that they issue as authority key identifier (<see href="https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.1">RFC 5280 §4.2.1.1</see>).</summary>
    /// <value>Default: empty.</value>
    public IList<string> Issuers { get; } = [];

    /// <summary>Whole subjects, the most specific attribute first (<c>CN=orders, O=Example</c>): <c>tls_client_auth_subject_dn</c>. Same attributes, same order, same text.</summary>
    /// <value>Default: empty.</value>
    public IList<string> Subjects { get; } = [];

    /// <summary>DNS names: <c>tls_client_auth_san_dns</c>. No wildcards; letters of either case.</summary>
    /// <value>Default: empty.</value>
    public IList<string> DnsNames { get; } = [];

    /// <summary>URIs, character by character: <c>tls_client_auth_san_uri</c>. A SPIFFE ID counts only as the certificate's single URI (SPIFFE X.509-SVID §2).</summary>
    /// <value>Default: empty.</value>
    public IList<string> Uris { get; } = [];

    /// <summary>IP addresses: <c>tls_client_auth_san_ip</c>. The address in the certificate, not the peer's.</summary>
    /// <value>Default: empty.</value>
    public IList<string> IpAddresses { get; } = [];

    /// <summary>Email addresses, character by character: <c>tls_client_auth_san_email</c>.</summary>
    /// <value>Default: empty.</value>
    public IList<string> EmailAddresses { get; } = [];

    internal bool NamesClients => Subjects.Count + DnsNames.Count + Uris.Count + IpAddresses.Count + EmailAddresses.Count > 0;

    internal bool AllowsAll => Issuers.Count == 0 && !NamesClients;
}
