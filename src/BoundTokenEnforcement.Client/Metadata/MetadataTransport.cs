using System.Net;
using System.Security.Authentication;

namespace BoundTokenEnforcement;

/// <summary>One GET of one document, without token, over a separate connection: always with today's addresses and today's certificate, and nothing is left behind.</summary>
internal sealed class MetadataTransport(
    ServerTrust trust, Transport transport, CurrentClientCertificate? certificate, TimeProvider clock)
{
    /// <exception cref="BoundTokenGuardException">There is a definite answer, and it is no metadata.</exception>
    /// <exception cref="MetadataAttemptFailedException">There is no definite answer; it may be worth another try.</exception>
    /// <exception cref="OperationCanceledException">The attempt took too long.</exception>
    internal async ValueTask<ReceivedMetadata> GetAsync(ResourceIdentifier resource, CancellationToken cancellationToken)
    {
        try
        {
            using var invoker = new HttpMessageInvoker(CreateHandler());
            using var request = CreateRequest(resource);
            var sent = clock.GetTimestamp();
            using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var delay = clock.GetElapsedTime(sent);
            MetadataResponse.RequireUsable(response, resource, certificate is not null);
            return new ReceivedMetadata(await MetadataResponse.ReadAsync(response, resource, cancellationToken).ConfigureAwait(false), MetadataFreshness.Of(response, delay));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The metadata did not arrive in time.", e, cancellationToken);
        }
        catch (Exception e) when (BoundTokenGuardException.In(e) is { } refused && !ReferenceEquals(refused, e))
        {
            throw new BoundTokenGuardException(refused.Refusal, refused.Message, e);
        }
        catch (Exception e) when (MayPass(e))
        {
            throw new MetadataAttemptFailedException($"'{resource.MetadataUrl}' could not be reached, because {ConnectionProblem.Describe(e)}{Advice(e)}", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new BoundTokenGuardException(
                GuardFailure.MetadataUnreachable, $"The metadata of '{resource}' could not be fetched from '{resource.MetadataUrl}': {ConnectionProblem.Describe(e)}{Advice(e)}.", e);
        }
    }

    private string Advice(Exception e) => certificate is not null && ConnectionProblem.MayBeRejection(e) ? $". {RejectedCertificate.Advice.TrimEnd('.')}" : string.Empty;

    private SocketsHttpHandler CreateHandler()
    {
        var handler = TlsHandler.Create(trust, transport);

        // What is too long is not read to its end, not even to save the connection.
        handler.MaxResponseDrainSize = 0;
        if (certificate?.Get() is { } current)
        {
            // Some listeners reject connections without one. No evidence is needed here: nothing secret is sent.
            handler.SslOptions.ClientCertificateContext = current.Context;
        }

        return handler;
    }

    // No Accept-Encoding: see JsonBody.
    private static HttpRequestMessage CreateRequest(ResourceIdentifier resource) => new(HttpMethod.Get, UrlOf(resource))
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        Headers = { Accept = { new(JsonBody.MediaType) } },
    };

    // RFC 9728 §6: as it is written. The identifier has been read more strictly than Uri would read it.
    private static Uri UrlOf(ResourceIdentifier resource) =>
        new(resource.MetadataUrl, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    // A certificate that is not trusted is an answer, and so is one that is no HTTP. What is left is the network.
    private static bool MayPass(Exception exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: not AuthenticationException } => true,
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException } => true,
        HttpIOException { HttpRequestError: not HttpRequestError.ResponseEnded } => false,
        IOException => true,
        _ => false,
    };
}
