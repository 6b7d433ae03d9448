namespace BoundTokenEnforcement;

/// <summary>Fetches and keeps the metadata of the authorization server (<see href="https://www.rfc-editor.org/rfc/rfc8414#section-3">RFC 8414 §3</see>).</summary>
internal sealed class AuthorizationServer : IDisposable
{
    private readonly CertificateBoundTokenOptions _options;
    private readonly BoundTokenGuard _guard;
    private readonly IssuerIdentifier _issuer;
    private readonly BoundedJsonFetch _fetch;
    private readonly FetchPipeline _pipeline;
    private readonly TimeProvider _clock;
    private readonly RefreshingValue<AuthorizationServerMetadata> _metadata;

    internal AuthorizationServer(
        CertificateBoundTokenOptions options, BoundTokenGuard guard, TimeProvider clock, GuardTelemetry telemetry)
    {
        _options = options;
        _guard = guard;
        _clock = clock;
        _issuer = IssuerIdentifier.Parse(options.Issuer!);

        _fetch = new BoundedJsonFetch(AuthorizationServerMetadata.MaxLength, options.AttemptTimeout, clock);
        _pipeline = new FetchPipeline(FetchLimits.AuthorizationServer(options.AttemptTimeout, options.TotalTimeout), clock);
        _metadata = new RefreshingValue<AuthorizationServerMetadata>(
            FetchAsync, options.FailureLifetime, reason => telemetry.TokenRenewalFailed(guard.Resource, reason), clock);
    }

    /// <exception cref="BoundTokenGuardException">There is no metadata that could be used.</exception>
    internal ValueTask<AuthorizationServerMetadata> GetMetadataAsync(CancellationToken cancellationToken) => _metadata.GetAsync(cancellationToken);

    /// <summary>The next caller gets metadata that was fetched afterwards.</summary>
    internal void Forget(AuthorizationServerMetadata metadata) => _metadata.Drop(metadata);

    public void Dispose() => _metadata.Dispose();

    private async Task<Renewal<AuthorizationServerMetadata>> FetchAsync(CancellationToken cancellationToken)
    {
        var age = Age.StartingNow(_clock);
        var fetched = await FetchAsync(_issuer.MetadataUrl, cancellationToken).ConfigureAwait(false);

        // RFC 8414 §5. Not for a server that is out of order: only for one that answered, and not with metadata.
        if (_options.OpenIdConfigurationFallback && fetched.Fault is FetchFault.StatusNotOk or FetchFault.Redirected or FetchFault.NotJson)
        {
            fetched = await FetchAsync(_issuer.OpenIdConfigurationUrl, cancellationToken).ConfigureAwait(false);
        }

        if (fetched.Fault is not null)
        {
            throw new BoundTokenGuardException(
                GuardFailure.AuthorizationServerUnusable, $"The metadata of '{_issuer}' could not be fetched from '{_issuer.MetadataUrl}': {fetched.Describe()}.{Advice(fetched)}", fetched.Cause);
        }

        var metadata = AuthorizationServerMetadata.Read(fetched.Body, _issuer, _guard.Resource, _options.Authentication);
        return new Renewal<AuthorizationServerMetadata>(metadata, age, _options.MetadataLifetime, TimeSpan.Zero);
    }

    private string Advice(JsonFetch fetched) => fetched.Status == 404 && !_options.OpenIdConfigurationFallback
        ? $" If it is an OpenID provider that publishes only '{_issuer.OpenIdConfigurationUrl}', set {nameof(_options.OpenIdConfigurationFallback)}."
        : string.Empty;

    private async Task<JsonFetch> FetchAsync(string url, CancellationToken cancellationToken)
    {
        // Some servers let no connection in without a certificate. No evidence is needed here: nothing secret is sent.
        var handler = TlsHandler.Create(_guard.Trust, _guard.Transport);
        handler.SslOptions.ClientCertificateContext = _guard.CurrentCertificate().Context;
        using var invoker = new HttpMessageInvoker(handler);
        return await _pipeline.RunAsync(cancellation => _fetch.GetAsync(url, invoker, cancellation), cancellationToken).ConfigureAwait(false);
    }
}
