namespace BoundTokenEnforcement;

/// <summary>
/// The tokens of one guarded client. Issuer, client, resource and scope are the same for all of them, so that of the key that D38 demands only the certificate is
/// left: one token for each, never used beside another.
/// </summary>
internal sealed class CertificateBoundTokens : IDisposable
{
    /// <summary>Those of replaced certificates are kept as long as their connections.</summary>
    private const int MostCertificates = 4;

    private const double GreatestPartOfLife = 0.2;

    private readonly CertificateBoundTokenOptions _options;
    private readonly BoundTokenGuard _guard;
    private readonly AuthorizationServer _server;
    private readonly ClientCredentialsRequest _request;
    private readonly TimeProvider _clock;
    private readonly GuardTelemetry _telemetry;
    private readonly Lock _lock = new();
    private readonly List<(CertificateThumbprint Thumbprint, RefreshingValue<ObtainedToken> Token)> _kept = [];
    private Age? _lastRejection;

    internal CertificateBoundTokens(
        CertificateBoundTokenOptions options, BoundTokenGuard guard, TimeProvider clock, GuardTelemetry telemetry)
    {
        _options = options;
        _guard = guard;
        _clock = clock;
        _telemetry = telemetry;
        _server = new AuthorizationServer(options, guard, clock, telemetry);
        _request = new ClientCredentialsRequest(options, guard, clock);
    }

    internal ResourceIdentifier Resource => _guard.Resource;

    /// <summary>A token of the certificate that is current now.</summary>
    /// <exception cref="BoundTokenGuardException">There is none that could be used as a bound one.</exception>
    internal ValueTask<ObtainedToken> GetAsync(CancellationToken cancellationToken) => KeptFor(_guard.CurrentCertificate()).GetAsync(cancellationToken);

    /// <summary>
    /// The resource did not take <paramref name="token"/>: the next caller gets another one. Not more often than failures are forgotten, or a resource that takes no token
    /// at all would cost the authorization server one for each request.
    /// </summary>
    internal void Reject(ObtainedToken token)
    {
        lock (_lock)
        {
            if (_lastRejection?.Elapsed < _options.FailureLifetime)
            {
                return;
            }

            _lastRejection = Age.StartingNow(_clock);
            foreach (var (_, kept) in _kept)
            {
                kept.Drop(token);
            }
        }
    }

    /// <summary>How long before its end a token that lives <paramref name="life"/> is renewed.</summary>
    internal static TimeSpan MarginOf(TimeSpan life, TimeSpan greatest)
    {
        var part = life * GreatestPartOfLife;
        return part < greatest ? part : greatest;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _kept.ForEach(static entry => entry.Token.Dispose());
            _kept.Clear();
        }

        _server.Dispose();
    }

    private RefreshingValue<ObtainedToken> KeptFor(ClientCertificate certificate)
    {
        lock (_lock)
        {
            foreach (var (thumbprint, known) in _kept)
            {
                if (thumbprint == certificate.Thumbprint)
                {
                    return known;
                }
            }

            if (_kept.Count == MostCertificates)
            {
                // Not disposed: callers may be waiting for it.
                _kept.RemoveAt(0);
            }

            var kept = new RefreshingValue<ObtainedToken>(
                cancellationToken => ObtainAsync(certificate, cancellationToken), _options.FailureLifetime, RenewalFailed, _clock);
            _kept.Add((certificate.Thumbprint, kept));
            return kept;
        }
    }

    private async Task<Renewal<ObtainedToken>> ObtainAsync(ClientCertificate certificate, CancellationToken cancellationToken)
    {
        var success = false;
        try
        {
            var metadata = await _server.GetMetadataAsync(cancellationToken).ConfigureAwait(false);
            var (answer, age) = await RequestAsync(metadata, certificate, cancellationToken).ConfigureAwait(false);

            // What the token says can only lead to a refusal; that it is bound follows from the metadata and from the handshake.
            TokenInspector.EnsureConsistent(new(BearerCredentials.Scheme, answer.Token), certificate, [_options.Issuer!]);
            if (age.Elapsed >= answer.Life)
            {
                throw new BoundTokenGuardException(GuardFailure.TokenUnobtainable, $"The token of '{_options.Issuer}' has ended before it arrived.");
            }

            success = true;
            _telemetry.TokenObtained(Resource, certificate.Thumbprint, answer.Life);
            return new Renewal<ObtainedToken>(new ObtainedToken(answer.Token, _options.Issuer!, certificate, _guard), age, answer.Life, MarginOf(answer.Life, _options.RenewalMargin));
        }
        finally
        {
            _telemetry.TokenRequested(Resource, success);
        }
    }

    private async Task<(TokenAnswer Answer, Age Age)> RequestAsync(
        AuthorizationServerMetadata metadata, ClientCertificate certificate, CancellationToken cancellationToken)
    {
        try
        {
            return await _request.SendAsync(metadata.TokenEndpoint, certificate, cancellationToken).ConfigureAwait(false);
        }
        catch (BoundTokenGuardException)
        {
            // The endpoint may have moved.
            _server.Forget(metadata);
            throw;
        }
    }

    private void RenewalFailed(BoundTokenGuardException reason) => _telemetry.TokenRenewalFailed(Resource, reason);
}
