using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>What a guarded <see cref="HttpClient"/> may talk to, and with which certificate.</summary>
public sealed class BoundTokenGuardOptions
{
    /// <summary>Options with their defaults.</summary>
    public BoundTokenGuardOptions()
        : this(new GuardedConnectionOptions())
    {
    }

    private BoundTokenGuardOptions(GuardedConnectionOptions connections) => Connections = connections;

    /// <summary>The identifier of the one protected resource that this client calls, exactly as its metadata has it.</summary>
    /// <value>Required.</value>
    public string? Resource { get; set; }

    /// <summary>The issuers whose tokens may be sent. The resource's metadata must name at least one of them.</summary>
    /// <value>At least one.</value>
    public IList<string> AllowedIssuers { get; } = [];

    /// <summary>The client certificate, with its private key. Give this, or <see cref="ClientCertificates"/>.</summary>
    /// <value>Default: none. Copied when it is first used, so that the application may dispose its object afterwards; not disposed by the guard.</value>
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

    /// <summary>Settings of the connections to the resource.</summary>
    public GuardedConnectionOptions Connections { get; }

    /// <summary>For how long the resource's metadata is kept, and whose signature it must bear.</summary>
    public MetadataDiscoveryOptions Metadata { get; } = new();

    /// <summary>
    /// The copy that was validated, made by the validator. The guard uses nothing else, so that what the application changes in its options afterwards is neither unvalidated
    /// nor half in effect.
    /// </summary>
    internal BoundTokenGuardOptions? Validated { get; set; }

    /// <summary>The copy of <see cref="ServerCertificateChainPolicy"/>.</summary>
    internal ServerTrust? Trust { get; private set; }

    /// <summary>The copy of <see cref="ClientCertificateChain"/>.</summary>
    internal X509Certificate2Collection? CopiedChain { get; private set; }

    /// <returns>A copy with which the application has nothing in common but certificates with their keys, providers, callbacks and the proxy.</returns>
    internal BoundTokenGuardOptions Copy(List<string> faults)
    {
        var copy = new BoundTokenGuardOptions(Connections.Copy())
        {
            Resource = Resource,
            ClientCertificate = ClientCertificate,
            ClientCertificates = ClientCertificates,
            AllowLoopback = AllowLoopback,
            AllowPrivateNetworks = AllowPrivateNetworks,
        };
        foreach (var issuer in AllowedIssuers)
        {
            copy.AllowedIssuers.Add(issuer);
        }

        Metadata.CopyTo(copy.Metadata);
        if (ServerTrust.TryCopy(ServerCertificateChainPolicy, out var trust) is { } policyFault)
        {
            faults.Add(policyFault);
        }

        if (CertificateCopies.TryCopy(ClientCertificateChain, nameof(ClientCertificateChain), out var chain) is { } chainFault)
        {
            faults.Add(chainFault);
        }

        (copy.Trust, copy.CopiedChain) = (trust, chain);
        return copy;
    }
}
