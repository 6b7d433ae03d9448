using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>How a client connects to a protected resource: with which certificate, to which addresses, and which servers it trusts.</summary>
public abstract class ResourceConnectionOptions
{
    private protected ResourceConnectionOptions()
    {
    }

    /// <summary>The client certificate, with its private key. A guard needs this or <see cref="ClientCertificates"/>; a client that only fetches metadata needs it for servers that demand one.</summary>
    /// <value>Default: none. Copied when it is first used, so that the application may dispose its object afterwards; not disposed.</value>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Gives the client certificate and changes it when it is renewed.</summary>
    /// <value>Default: <see cref="ClientCertificate"/> for ever.</value>
    public IClientCertificateProvider? ClientCertificates { get; set; }

    /// <summary>The certificates of the client certificate's issuers, for servers that trust only the root (<see href="https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2">RFC 8446 §4.4.2</see>).
    /// Those that lead from the client certificate towards its root are sent behind it, wherever it is sent; others are ignored, so that the issuers of the next certificate can be
    /// here before it is used. Not checked: that they are complete.</summary>
    /// <value>Default: empty. Copied when the options are validated; not disposed.</value>
    public X509Certificate2Collection ClientCertificateChain { get; } = [];

    /// <summary>
    /// How the server's certificate is validated, for servers of a private CA (<c>TrustMode</c> and <c>CustomTrustStore</c>; and <c>RevocationMode</c>, which is online by
    /// default, if it publishes no revocation lists). Copied when the options are validated. <c>VerificationFlags</c> that ignore more than unknown revocation are refused, so
    /// the name is always checked.
    /// </summary>
    /// <value>Default: the roots of the operating system.</value>
    public X509ChainPolicy? ServerCertificateChainPolicy { get; set; }

    /// <summary>Whether this machine itself may be called (127.0.0.0/8, ::1).</summary>
    /// <value>Default: <see langword="false"/>, except in the environment <c>Development</c>.</value>
    public bool? AllowLoopback { get; set; }

    /// <summary>Whether addresses of private networks may be called (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7). Link-local ones and the metadata services of clouds never.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>The copy of <see cref="ServerCertificateChainPolicy"/> that was validated. Set by the validator, so that nothing else can be used.</summary>
    internal ServerTrust? Trust { get; private set; }

    /// <summary>The copy of <see cref="ClientCertificateChain"/>. Set by the validator.</summary>
    internal X509Certificate2Collection? CopiedChain { get; private set; }

    /// <summary>Copies what the application could change after validation.</summary>
    /// <returns>The faults.</returns>
    internal IEnumerable<string> TakeCopiesOf(ResourceConnectionOptions options)
    {
        var policyFault = ServerTrust.TryCopy(options.ServerCertificateChainPolicy, out var trust);
        var chainFault = CertificateCopies.TryCopy(options.ClientCertificateChain, nameof(ClientCertificateChain), out var chain);
        (Trust, CopiedChain) = (trust, chain);
        return new[] { policyFault, chainFault }.OfType<string>();
    }
}
