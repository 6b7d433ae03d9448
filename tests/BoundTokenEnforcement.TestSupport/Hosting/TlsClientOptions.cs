using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>How a client connects to a <see cref="TlsApiHost"/>.</summary>
public sealed record TlsClientOptions
{
    /// <summary>The certificate shown when the server asks for one.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates appended to the chain without proof of any key.</summary>
    public IReadOnlyList<X509Certificate2> ExtraCertificates { get; init; } = [];

    /// <summary>The TLS versions offered.</summary>
    /// <value>What the system allows.</value>
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    /// <summary>Whether a TLS session may be resumed.</summary>
    /// <value><see langword="true"/>.</value>
    public bool AllowTlsResume { get; init; } = true;

    /// <summary>The server certificate that is trusted instead of the host's own.</summary>
    public X509Certificate2? Trusted { get; init; }

    /// <summary>The name in the handshake (SNI), and the key under which sessions are remembered.</summary>
    /// <value><c>localhost</c>. An address gives a handshake without a name.</value>
    public string TargetHost { get; init; } = "localhost";

    /// <summary>The loopback address to connect from. Others than 127.0.0.1 work on Linux alone.</summary>
    /// <value>What the system chooses.</value>
    public IPAddress? Source { get; init; }

    /// <summary>Wraps each connection's bytes, between TCP and TLS: to look at a handshake, or to cut it into pieces.</summary>
    /// <value>As it is.</value>
    public Func<Stream, Stream> Transport { get; init; } = static stream => stream;

    /// <summary>The same for an <see cref="SslStream"/>.</summary>
    /// <param name="serverCertificate">Trusted unless <see cref="Trusted"/> is another.</param>
    public SslClientAuthenticationOptions ToSslOptions(X509Certificate2 serverCertificate)
    {
        var trusted = Trusted ?? serverCertificate;
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = TargetHost,
            EnabledSslProtocols = Protocols,
            AllowTlsResume = AllowTlsResume,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            // Exactly this server, whatever the machine's trust store says.
            RemoteCertificateValidationCallback = (_, presented, _, _) =>
                presented is not null && presented.GetRawCertData().AsSpan().SequenceEqual(trusted.RawData),
        };
        if (Certificate is { } certificate)
        {
            // A context is sent as it is. A plain certificate collection is filtered by the issuers the server names and, when the
            // chain is not trusted by this machine, differently on each platform.
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                certificate, [.. ExtraCertificates], offline: true);
        }

        return options;
    }
}
