namespace BoundTokenEnforcement;

/// <summary>
/// The primary handler of a guarded client. It stands innermost, so it sees what is really sent, whichever component added the token; and it owns
/// the sockets, so no handler can run after it.
/// </summary>
internal sealed class BoundTokenGuardHandler(BoundTokenGuard guard, GuardTelemetry telemetry) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var (verified, pool) = await ChooseAsync(request, cancellationToken).ConfigureAwait(false);
            var response = await SendAsync(verified, pool, cancellationToken).ConfigureAwait(false);
            response.RequestMessage = request;
            HandleChallenge(response);
            return response;
        }
        catch (Exception e) when (BoundTokenGuardException.In(e) is { } refused)
        {
            telemetry.Refused(guard.Resource, refused);
            if (ReferenceEquals(refused, e))
            {
                throw;
            }

            // Not wrapped as the sockets do it: resilience handlers would try an HttpRequestException again.
            throw new BoundTokenGuardException(refused.Failure, refused.Message, e);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A guarded client has no synchronous Send: what it must find out before sending takes network calls.");

    /// <summary>What may be sent, and the connections on which it may be.</summary>
    private async ValueTask<(HttpRequestMessage Verified, ConnectionPool Pool)> ChooseAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var (verified, certificate) = await guard.VerifyAsync(request, cancellationToken).ConfigureAwait(false);
            return (verified, guard.Connections.Rent(certificate));
        }
        catch (Exception e) when (e is not BoundTokenGuardException && !cancellationToken.IsCancellationRequested)
        {
            // What no rule expected is a refusal too, and must not look like something that may be tried again.
            throw new BoundTokenGuardException(GuardFailure.Unexpected, "Something unexpected happened before sending.", e);
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ConnectionPool pool, CancellationToken cancellationToken)
    {
        try
        {
            return await pool.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException e) when (e.StatusCode is null && BoundTokenGuardException.In(e) is null)
        {
            // With TLS 1.3 a server that rejects the certificate closes the connection only after the handshake (RFC 8446 §2), so it looks like any other failure.
            throw new HttpRequestException(
                ConnectionProblem.ErrorOf(e),
                $"'{request.RequestUri?.Authority}': {ConnectionProblem.Describe(e)}.{(ConnectionProblem.MayBeRejection(e) ? $" {RejectedCertificate.Advice}" : string.Empty)}",
                e);
        }
        finally
        {
            pool.Return();
        }
    }

    private void HandleChallenge(HttpResponseMessage response)
    {
        switch (ChallengeRules.MeaningOf(response, guard.Resource))
        {
            case ChallengeMeaning.FetchAgain:
                guard.InvalidateMetadata();
                break;
            case ChallengeMeaning.Contradiction:
                guard.InvalidateMetadata();
                telemetry.ChallengeContradicts(guard.Resource);
                break;
            default:
                break;
        }
    }
}
