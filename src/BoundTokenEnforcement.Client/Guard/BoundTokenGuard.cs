namespace BoundTokenEnforcement;

/// <summary>Everything that a guarded client has once, however often its handlers are replaced: metadata, connections, certificate.</summary>
internal sealed class BoundTokenGuard : IDisposable
{
    private readonly BoundTokenGuardOptions _options;
    private readonly TimeProvider _clock;
    private readonly GuardedConnections _connections;
    private readonly CurrentClientCertificate _certificate;
    private volatile VerifiedResource? _verified;
    private long _lastDoubt;

    internal BoundTokenGuard(
        BoundTokenGuardOptions options,
        CurrentClientCertificate certificate,
        IProtectedResourceMetadataClient metadata,
        Transport transport,
        TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _connections = new GuardedConnections(options.Trust!, transport, options.Connections);
        _certificate = certificate;
        Metadata = metadata;
        Transport = transport;
        Trust = options.Trust!;
        Resource = ResourceIdentifier.Parse(options.Resource!);
    }

    internal ResourceIdentifier Resource { get; }

    internal IProtectedResourceMetadataClient Metadata { get; }

    /// <summary>The connections of everything that belongs to this client.</summary>
    internal Transport Transport { get; }

    /// <summary>How the servers of this client are validated.</summary>
    internal ServerTrust Trust { get; }

    /// <summary>The connections of the certificate, with the evidence that <see cref="GuardedTls"/> demands.</summary>
    internal GuardedConnections Connections => _connections;

    /// <exception cref="BoundTokenGuardException">The certificate is not fit to be used.</exception>
    internal ClientCertificate CurrentCertificate() => _certificate.Get();

    /// <summary>Finds out whether <paramref name="request"/> may be sent, and with which certificate.</summary>
    /// <returns>A copy of the request as it was verified: the application may change the original at any time.</returns>
    /// <exception cref="BoundTokenGuardException">It may not.</exception>
    internal async ValueTask<(HttpRequestMessage Verified, ClientCertificate Certificate)> VerifyAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        GuardedRequest.RequireInside(request, Resource);
        _ = CertificateFor(ObtainedToken.Of(request));
        var resource = await VerifiedResourceAsync(cancellationToken).ConfigureAwait(false);

        // What is looked at from here on is what is sent.
        request = RequestSnapshot.Of(request);
        GuardedRequest.RequireInside(request, Resource);
        GuardedRequest.RequireOneCredential(request);
        GuardedRequest.LimitVersion(request);
        var token = ObtainedToken.Of(request);
        var certificate = CertificateFor(token);
        if (token is not null && !resource.Issuers.Contains(token.Issuer))
        {
            throw new BoundTokenGuardException(GuardFailure.IssuerNotAllowed, $"The token was obtained from an issuer that '{Resource}' does not name.");
        }

        TokenInspector.EnsureConsistent(request.Headers.Authorization, certificate, resource.Issuers);
        return (request, certificate);
    }

    /// <summary>
    /// Says that a challenge put the metadata in doubt (RFC 9728 §5.2). Each 401 may, so it is heeded only once in the shortest life of a document: who
    /// can cause a 401 must not hold up everybody else.
    /// </summary>
    internal void InvalidateMetadata()
    {
        var now = _clock.GetTimestamp();
        var last = Interlocked.Read(ref _lastDoubt);
        if ((last == 0 || _clock.GetElapsedTime(last, now) >= _options.Metadata.MinLifetime)
            && Interlocked.CompareExchange(ref _lastDoubt, now, last) == last)
        {
            Metadata.Renew(Resource);
        }
    }

    public void Dispose() => _connections.Dispose();

    private ClientCertificate CertificateFor(ObtainedToken? token)
    {
        // A message may be given to another client than the one that put its token there.
        if (token is not null && !ReferenceEquals(token.Owner, this))
        {
            throw new BoundTokenGuardException(
                GuardFailure.TokenOfAnotherCertificate, "The token in this request was obtained for another client, with that client's certificate. Give each client its own requests.");
        }

        var certificate = token?.Certificate ?? _certificate.Get();
        certificate.CheckValidity(_clock);
        return certificate;
    }

    private async ValueTask<VerifiedResource> VerifiedResourceAsync(CancellationToken cancellationToken)
    {
        var document = await Metadata.GetAsync(Resource, cancellationToken).ConfigureAwait(false);
        var verified = _verified;
        if (verified is null || !ReferenceEquals(verified.Document, document))
        {
            _verified = verified = new VerifiedResource(document, MetadataRules.RequireSupport(document, _options.AllowedIssuers));
        }

        return verified;
    }
}
