using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>How a <see cref="ScriptedTlsServer"/> shakes hands.</summary>
public sealed record ScriptedTlsServerOptions
{
    /// <summary>Whether the handshake asks for a client certificate. Any is taken, as a server that checks only the binding does.</summary>
    /// <value><see langword="false"/>.</value>
    public bool AskForCertificate { get; init; }

    /// <summary>Decides for each handshake, in place of <see cref="AskForCertificate"/>.</summary>
    /// <value><see langword="null"/>.</value>
    public Func<bool>? AskNow { get; init; }

    /// <summary>Whether a handshake without a client certificate fails.</summary>
    /// <value><see langword="false"/>.</value>
    public bool RequireCertificate { get; init; }

    /// <summary>The TLS versions offered.</summary>
    /// <value>What the system allows.</value>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>The certificate to show. Not disposed by the server.</summary>
    /// <value>A new self-signed one for localhost.</value>
    public X509Certificate2? ServerCertificate { get; init; }

    internal SslServerAuthenticationOptions ToSslOptions(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        ClientCertificateRequired = (AskNow?.Invoke() ?? AskForCertificate) || RequireCertificate,
        EnabledSslProtocols = Protocols,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        RemoteCertificateValidationCallback = (_, presented, _, _) => presented is not null || !RequireCertificate,
    };
}
