namespace BoundTokenEnforcement;

/// <summary>
/// From whom a forwarded client certificate is believed, and how it is written. Bound from <c>BoundTokens:ForwardedCertificate</c>, then from code.
/// </summary>
/// <remarks>
/// With forwarding on, the certificate of the connection is never taken for the client's: it can only show who the proxy is. The proxy must remove
/// or overwrite what clients send in the field (<see href="https://www.rfc-editor.org/rfc/rfc9440#section-2.4">RFC 9440 §2.4</see>), which cannot
/// be checked from here. Nor is checked whether the proxy asked for the certificate's chain to hold: possession of the key is the proof
/// (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-6.2">RFC 8705 §6.2</see>).
/// </remarks>
public sealed class ForwardedCertificateOptions
{
    /// <summary>How the proxy writes the certificate.</summary>
    /// <value>Required.</value>
    public ForwardedCertificateFormat Format { get; set; }

    /// <summary>The one field that is read. Its name is compared as a whole; <c>_</c> and <c>-</c> are different characters.</summary>
    /// <value>
    /// Default: <c>Client-Cert</c> for <see cref="ForwardedCertificateFormat.ClientCert"/> and <see cref="ForwardedCertificateFormat.ClientCertChain"/>, <c>X-Forwarded-Client-Cert</c> for the forms of
    /// <see cref="ForwardedCertificateFormat.Xfcc"/>, <c>X-Client-Cert</c> for the others.
    /// </value>
    public string? Header { get; set; }

    /// <summary>
    /// A second field of the proxy's that must stand beside the certificate, once, with exactly the text of <see cref="RequiredHeaderValue"/>:
    /// <c>ssl-client-verify</c> with <c>SUCCESS</c>, for example. A certificate without it is refused. The proxy must overwrite this field too.
    /// </summary>
    /// <value>Default: none.</value>
    public string? RequiredHeader { get; set; }

    /// <summary>What <see cref="RequiredHeader"/> must say. Compared as it is, case and blanks included.</summary>
    /// <value>Default: none. Required with <see cref="RequiredHeader"/>.</value>
    public string? RequiredHeaderValue { get; set; }

    /// <summary>The addresses or networks (CIDR) of the proxies, as the socket sees them. No zone (<c>%eth0</c>) and no bits behind the prefix: they would mean something else.</summary>
    /// <value>Default: empty. Networks that hold every address are refused, see <see cref="DangerousTrustEveryAddress"/>.</value>
    public IList<string> TrustedProxies { get; } = [];

    /// <summary>
    /// The thumbprints (<c>x5t#S256</c>) of the certificates with which the proxies authenticate to this host. With any, the address alone is not
    /// enough.
    /// </summary>
    /// <value>Default: empty.</value>
    public IList<string> TrustedProxyThumbprints { get; } = [];

    /// <summary>Whether every process that connects through a Unix domain socket is a trusted proxy.</summary>
    /// <value>Default: <see langword="false"/>. The permissions of the socket's file then decide.</value>
    public bool TrustUnixSocket { get; set; }

    /// <summary>Allows a network in <see cref="TrustedProxies"/> that contains every address: then any peer can forge any certificate.</summary>
    /// <value>Default: <see langword="false"/>. A warning at start-up if it is used.</value>
    public bool DangerousTrustEveryAddress { get; set; }

    /// <summary>The name of the field that is read.</summary>
    internal string HeaderName => Header ?? Format switch
    {
        ForwardedCertificateFormat.ClientCert or ForwardedCertificateFormat.ClientCertChain => "Client-Cert",
        ForwardedCertificateFormat.Xfcc or ForwardedCertificateFormat.XfccChain or ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash => "X-Forwarded-Client-Cert",
        _ => "X-Client-Cert",
    };

    /// <summary>Whether only the hash of the certificate arrives. It proves the binding, and says nothing else about the certificate.</summary>
    internal bool HoldsOnlyHash => Format is
        ForwardedCertificateFormat.Sha256Hex or ForwardedCertificateFormat.Sha256ColonHex or ForwardedCertificateFormat.Sha256Base64 or ForwardedCertificateFormat.Sha256Base64Url
        or ForwardedCertificateFormat.XfccHash or ForwardedCertificateFormat.IstioXfccHash;
}
