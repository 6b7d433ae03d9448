using System.Net;

namespace BoundTokenEnforcement;

/// <summary>
/// One request, one JSON answer of limited size in limited time. The time covers connecting, headers and body together. Redirects are faults; what
/// is compressed is a fault, so that the size that is counted is the size that is read. It tries once: trying again is the caller's matter.
/// </summary>
internal sealed class BoundedJsonFetch(int maxBytes, TimeSpan timeout, TimeProvider clock)
{
    /// <summary>GET <paramref name="url"/> over <paramref name="invoker"/>, which must not follow redirects or decompress.</summary>
    /// <inheritdoc cref="SendAsync"/>
    internal async Task<JsonFetch> GetAsync(string url, HttpMessageInvoker invoker, CancellationToken cancellationToken)
    {
        // RFC 9728 §6: as it is written. The identifier was read more strictly than Uri would read it.
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        return await SendAsync(request, invoker.SendAsync, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends <paramref name="request"/> by <paramref name="send"/>.</summary>
    /// <exception cref="BoundTokenGuardException">A rule of ours stopped it inside the sockets: a forbidden address, or missing evidence.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; that the time is over is a fault and no exception.</exception>
    internal async Task<JsonFetch> SendAsync(
        HttpRequestMessage request,
        Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Accept.Add(new(JsonBody.MediaType));

        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var sent = clock.GetTimestamp();
            using var response = await send(request, either.Token).ConfigureAwait(false);
            var freshness = ResponseFreshness.Of(response, clock.GetElapsedTime(sent));
            return await ReadAsync(response, either.Token).ConfigureAwait(false) with { Freshness = freshness };
        }
        catch (Exception e) when (BoundTokenGuardException.In(e) is { } refused)
        {
            throw new BoundTokenGuardException(refused.Failure, refused.Message, e);
        }
        catch (Exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return JsonFetch.Failed(FetchFault.TimedOut);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return JsonFetch.Failed(FetchFault.Unreachable) with { Cause = e };
        }
    }

    private async Task<JsonFetch> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        switch (status)
        {
            case 200:
                return await ReadBodyAsync(response.Content, status, cancellationToken).ConfigureAwait(false);
            case 400 or 401:
                var error = await ReadBodyAsync(response.Content, status, cancellationToken).ConfigureAwait(false);
                return error with { Fault = FetchFault.StatusNotOk };
            case >= 300 and <= 399:
                return new JsonFetch(FetchFault.Redirected, status, []);
            case 429 or >= 500:
                return new JsonFetch(FetchFault.ServerFailing, status, []);
            default:
                return new JsonFetch(FetchFault.StatusNotOk, status, []);
        }
    }

    private async Task<JsonFetch> ReadBodyAsync(HttpContent content, int status, CancellationToken cancellationToken)
    {
        if (JsonBody.WhyNotReadable(content) is { } why)
        {
            return new JsonFetch(FetchFault.NotJson, status, [], Detail: why);
        }

        return await JsonBody.ReadAsync(content, maxBytes, cancellationToken).ConfigureAwait(false) is { } body
            ? new JsonFetch(null, status, body)
            : new JsonFetch(FetchFault.TooLarge, status, []);
    }
}
