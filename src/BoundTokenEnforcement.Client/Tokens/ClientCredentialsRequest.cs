namespace BoundTokenEnforcement;

/// <summary>
/// Asks for a token (RFC 6749 §4.4, RFC 8705 §2, RFC 8707 §2) over the guard's own connections: no byte is written to a server that did not ask for our
/// certificate in this very handshake, and would so give an unbound token. Asking twice does no harm, so it is tried again where that may help.
/// </summary>
internal sealed class ClientCredentialsRequest(CertificateBoundTokenOptions options, BoundTokenGuard guard, TimeProvider clock)
{
    private readonly BoundedJsonFetch _fetch = new(TokenAnswer.MaxLength, options.AttemptTimeout, clock);
    private readonly FetchPipeline _pipeline = new(FetchLimits.AuthorizationServer(options.AttemptTimeout, options.TotalTimeout), clock);

    /// <returns>The answer, and since when its token lives.</returns>
    /// <exception cref="BoundTokenGuardException">There is no token.</exception>
    internal async Task<(TokenAnswer Answer, Age Age)> SendAsync(Uri endpoint, ClientCertificate certificate, CancellationToken cancellationToken)
    {
        var age = Age.StartingNow(clock);
        var pool = guard.Connections.Rent(certificate);
        try
        {
            var fetched = await _pipeline.RunAsync(
                async cancellation =>
                {
                    age = Age.StartingNow(clock);
                    using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(Form()) };
                    return await _fetch.SendAsync(request, pool.SendAsync, cancellation).ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            return (TokenAnswer.Read(fetched, options.Issuer!), age);
        }
        finally
        {
            pool.Return();
        }
    }

    private IEnumerable<KeyValuePair<string, string>> Form()
    {
        yield return new("grant_type", "client_credentials");
        yield return new("client_id", options.ClientId!);
        if (options.Scope is { } scope)
        {
            yield return new("scope", scope);
        }

        yield return new("resource", options.Resource ?? guard.Resource.Value);
    }
}
