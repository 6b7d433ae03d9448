using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;

namespace BoundTokenEnforcement;

/// <summary>
/// Makes the TLS connections of one client certificate. The handshake, and the examination of what it showed, are one step: a connection exists only
/// if the server requested the certificate in this very handshake and received it. Only such a server can check a binding.
/// </summary>
internal sealed class GuardedTls(ClientCertificate certificate, ServerTrust trust, Transport transport)
{
    private readonly ConcurrentDictionary<DnsEndPoint, bool> _withoutHttp2 = new();

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>, which takes an <see cref="SslStream"/> for the finished TLS connection.</summary>
    /// <exception cref="BoundTokenGuardException">The address is not allowed, the certificate was not requested, or it was not sent.</exception>
    /// <exception cref="HttpRequestException">The TLS handshake failed.</exception>
    internal async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var recorded = new RecordedStream(await transport.ConnectAsync(context, cancellationToken).ConfigureAwait(false));
        var tls = new SslStream(recorded);
        try
        {
            var protocols = ProtocolsFor(context);
            await tls.AuthenticateAsClientAsync(OptionsFor(context.DnsEndPoint.Host, protocols), cancellationToken).ConfigureAwait(false);
            RequireCertificateSent(tls, recorded.StopRecording(), context.DnsEndPoint);
            NoteProtocol(tls, protocols, context.DnsEndPoint);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (e is BoundTokenGuardException or OperationCanceledException)
            {
                throw;
            }

            throw new HttpRequestException(HttpRequestError.SecureConnectionError, "The TLS handshake failed; see the inner exception.", e);
        }
    }

    private void RequireCertificateSent(SslStream tls, ReadOnlyMemory<byte> written, DnsEndPoint server)
    {
        // Says, while sessions are not resumed, that the server requested a certificate. Whether it received one is for the flight to say.
        if (!tls.IsMutuallyAuthenticated)
        {
            throw new BoundTokenGuardException(
                GuardFailure.CertificateNotRequested,
                $"'{server.Host}:{server.Port}' did not request the client certificate in this handshake, so it cannot check the binding of a token.");
        }

        if (!ClientFlight.Shows(certificate.Certificate, tls.SslProtocol, written))
        {
            throw new BoundTokenGuardException(GuardFailure.CertificateNotSent, NotSent(server, tls.SslProtocol));
        }
    }

    private string NotSent(DnsEndPoint server, SslProtocols protocol) => protocol != SslProtocols.Tls13 || ClientFlight.IsDistinguishable(certificate.Certificate)
        ? $"'{server.Host}:{server.Port}' requested a client certificate, but the handshake does not show that it was sent, so the server cannot check the binding of a token. "
            + "The usual cause is a server that does not accept signatures of this certificate's key: compare the key's type with the server's list of client signature algorithms."
        : $"The client certificate is so short that an encrypted handshake with '{server.Host}:{server.Port}' does not show whether it was sent. Use a certificate of at least 300 bytes.";

    private SslClientAuthenticationOptions OptionsFor(string host, List<SslApplicationProtocol>? protocols)
    {
        var options = TlsHandler.Options(trust);
        options.TargetHost = host;
        options.ClientCertificateContext = certificate.Context;
        options.ApplicationProtocols = protocols;
        return options;
    }

    // As SocketsHttpHandler chooses them for the request that needs the connection: none at all for HTTP/1.1.
    private List<SslApplicationProtocol>? ProtocolsFor(SocketsHttpConnectionContext context)
    {
        var request = context.InitialRequestMessage;
        if (_withoutHttp2.ContainsKey(context.DnsEndPoint) || (request.Version.Major < 2 && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrHigher))
        {
            return null;
        }

        return request.Version.Major >= 2 && request.VersionPolicy != HttpVersionPolicy.RequestVersionOrLower
            ? [SslApplicationProtocol.Http2]
            : [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
    }

    // SocketsHttpHandler does not use HTTP/2 any more with a server that once did not take it. It must not be offered again, or HTTP/1.1 would be written to a
    // connection on which the server expects HTTP/2.
    private void NoteProtocol(SslStream tls, List<SslApplicationProtocol>? offered, DnsEndPoint server)
    {
        if (offered is not null && tls.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            _withoutHttp2.TryAdd(server, true);
        }
    }
}
