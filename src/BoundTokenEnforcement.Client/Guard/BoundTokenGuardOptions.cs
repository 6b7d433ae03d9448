using System.Security.Cryptography.X509Certificates;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>What a guarded <see cref="HttpClient"/> may talk to, and with which certificate.</summary>
public sealed class BoundTokenGuardOptions
{
    /// <summary>The identifier of the one protected resource that this client calls, exactly as its metadata has it.</summary>
    /// <value>Required.</value>
    public string? Resource { get; set; }

    /// <summary>The issuers whose tokens may be sent. The resource's metadata must name at least one of them.</summary>
    /// <value>At least one.</value>
    public IList<string> AllowedIssuers { get; } = [];

    /// <summary>The client certificate, with its private key. Give this, or <see cref="ClientCertificates"/>.</summary>
    /// <value>Default: none. Not disposed by the guard.</value>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Gives the client certificate and changes it when it is renewed.</summary>
    /// <value>Default: <see cref="ClientCertificate"/> for ever.</value>
    public IClientCertificateProvider? ClientCertificates { get; set; }

    /// <summary>
    /// How the server's certificate is judged, for servers of a private CA (<c>TrustMode</c> and <c>CustomTrustStore</c>). The name is
    /// always checked.
    /// </summary>
    /// <value>Default: the roots of the operating system.</value>
    public X509ChainPolicy? ServerCertificateChainPolicy { get; set; }

    /// <summary>Keys for <c>signed_metadata</c>. With any, a document without a valid signature is refused whole (RFC 9728 §3.3).</summary>
    /// <value>Default: none; signed metadata is then ignored and proves nothing.</value>
    public IList<SecurityKey> MetadataSigningKeys { get; } = [];

    /// <summary>The issuer of <c>signed_metadata</c>.</summary>
    /// <value>Required together with <see cref="MetadataSigningKeys"/>.</value>
    public string? MetadataIssuer { get; set; }

    /// <summary>Whether this machine itself may be called (127.0.0.0/8, ::1).</summary>
    /// <value>Default: <see langword="false"/>, except in the environment <c>Development</c>.</value>
    public bool? AllowLoopback { get; set; }

    /// <summary>Whether addresses of private networks may be called (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, fc00::/7). Link-local ones never.</summary>
    /// <value>Default: <see langword="false"/>.</value>
    public bool AllowPrivateNetworks { get; set; }

    /// <summary>The shortest time for which metadata is kept, whatever its <c>Cache-Control</c> says.</summary>
    /// <value>Default: 1 minute. From 1 second to 1 day.</value>
    public TimeSpan MetadataMinLifetime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest time for which metadata is kept, whatever its <c>Cache-Control</c> says.</summary>
    /// <value>Default: 1 hour. From 1 second to 1 day, and not below <see cref="MetadataMinLifetime"/>.</value>
    public TimeSpan MetadataMaxLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>For how long a failure is remembered before the metadata is asked for again.</summary>
    /// <value>Default: 15 seconds. From 1 second to 5 minutes. <c>Retry-After</c> has no effect.</value>
    public TimeSpan MetadataFailureLifetime { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Called when a resource that supported bound tokens no longer says so.</summary>
    /// <value>Default: none; it is logged in any case.</value>
    public Action<ResourceIdentifier>? OnEnforcementWithdrawn { get; set; }
}
