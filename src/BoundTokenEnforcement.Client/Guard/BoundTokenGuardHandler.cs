namespace BoundTokenEnforcement;

/// <summary>
/// The primary handler of a guarded client. It stands innermost, so it sees what really is to be sent, whoever put the token there; and the
/// sockets are its own, so nobody can stand behind it.
/// </summary>
internal sealed class BoundTokenGuardHandler(BoundTokenGuard guard, GuardTelemetry telemetry) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var certificate = await guard.VerifyAsync(request, cancellationToken);
            var response = await SendAsync(request, certificate, cancellationToken);
            Heed(response);
            return response;
        }
        catch (Exception e) when (BoundTokenRefusedException.In(e) is { } refused)
        {
            telemetry.Refused(guard.Resource, refused);
            if (ReferenceEquals(refused, e))
            {
                throw;
            }

            // Resilience handlers would try an HttpRequestException again.
            throw new BoundTokenRefusedException(refused.Refusal, refused.Message, e);
        }
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A guarded client has no synchronous Send: what it must find out before sending takes network calls.");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, ClientCertificate certificate, CancellationToken cancellationToken)
    {
        var pool = guard.Connections.Rent(certificate);
        try
        {
            return await pool.SendAsync(request, cancellationToken);
        }
        finally
        {
            pool.Return();
        }
    }

    private void Heed(HttpResponseMessage response)
    {
        switch (ChallengeRules.MeaningOf(response, guard.Resource))
        {
            case ChallengeMeaning.FetchAgain:
                guard.Metadata.Renew(guard.Resource);
                break;
            case ChallengeMeaning.Contradiction:
                guard.Metadata.Renew(guard.Resource);
                telemetry.ChallengeContradicts(guard.Resource);
                break;
            default:
                break;
        }
    }
}
