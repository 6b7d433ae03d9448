using System.Net;

namespace BoundTokenEnforcement;

/// <summary>Puts a token into each request that has none, and takes note when the resource does not take it.</summary>
internal sealed class CertificateBoundTokenHandler(CertificateBoundTokens tokens, GuardTelemetry telemetry) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // A request that is sent again carries our own token of last time, which may be the one that was not taken.
        if (request.Headers.NonValidated.Contains("Authorization") && ObtainedToken.Of(request) is null)
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var token = await ObtainAsync(cancellationToken).ConfigureAwait(false);
        token.PutInto(request);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (SaysInvalidToken(response))
        {
            tokens.Reject(token);
        }

        return response;
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new NotSupportedException("A client with certificate-bound tokens has no synchronous Send: obtaining them takes network calls.");

    private async ValueTask<ObtainedToken> ObtainAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (BoundTokenGuardException refused)
        {
            telemetry.Refused(tokens.Resource, refused);
            throw;
        }
    }

    // RFC 6750 §3.1
    private static bool SaysInvalidToken(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized
        && response.Headers.NonValidated.TryGetValues("WWW-Authenticate", out var lines)
        && AuthenticationChallenge.TryParseAll(lines, out var challenges)
        && challenges.Any(static challenge =>
            string.Equals(challenge.Scheme, BearerCredentials.Scheme, StringComparison.OrdinalIgnoreCase)
            && challenge.Parameters.TryGetValue("error", out var error)
            && error == "invalid_token");
}
