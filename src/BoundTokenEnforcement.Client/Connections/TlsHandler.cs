using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace BoundTokenEnforcement;

/// <summary>The sockets under everything that this library sends: nothing is followed, kept or resumed.</summary>
internal static class TlsHandler
{
    internal static SocketsHttpHandler Create(ServerTrust trust, Transport transport) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        // Client spans, but no traceparent: servers that were not verified learn nothing that connects requests.
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 32,
        ConnectCallback = transport.ConnectAsync,
        SslOptions = Options(trust),
    };

    internal static SslClientAuthenticationOptions Options(ServerTrust trust) => new()
    {
        // A resumed session does not show whether the server has the certificate.
        AllowTlsResume = false,
        AllowRenegotiation = false,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        CertificateChainPolicy = trust.NewPolicy(),
    };
}
