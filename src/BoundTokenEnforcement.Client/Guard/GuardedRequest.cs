using System.Net;

namespace BoundTokenEnforcement;

/// <summary>Rules for where and how a guarded request goes.</summary>
internal static class GuardedRequest
{
    /// <exception cref="BoundTokenGuardException">It does not go to the resource.</exception>
    internal static void RequireInside(HttpRequestMessage request, ResourceIdentifier resource)
    {
        // The text that is checked is the one that is sent: the URI as this platform writes it.
        if (request.RequestUri is not { IsAbsoluteUri: true } target || !resource.Covers(UrlOf(target)))
        {
            throw Refuse($"{ForeignText.Quote(WithoutQuery(request.RequestUri))} does not lie within '{resource}'");
        }

        // The Host header also decides which name the server has to prove, and a second one, or one that the platform cannot read and would send beside
        // its own, which of several resources behind that server gets the request. So as it was written, not as it was read.
        if (request.Headers.NonValidated.TryGetValues("Host", out var hosts)
            && !string.Equals(hosts.ToString(), target.Authority, StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse("its Host header names another host");
        }
    }

    // Queries often hold what must not be logged.
    private static string? WithoutQuery(Uri? target) => target is { IsAbsoluteUri: true } ? $"{target.Scheme}://{target.IdnHost}:{target.Port}{target.AbsolutePath}" : null;

    // RFC 6455 §3: a WebSocket over TLS has the host, port and path of the https URL.
    private static string UrlOf(Uri target) => target.Scheme == Uri.UriSchemeWss
        ? string.Concat(Uri.UriSchemeHttps, target.AbsoluteUri.AsSpan(Uri.UriSchemeWss.Length))
        : target.AbsoluteUri;

    /// <exception cref="BoundTokenGuardException">There are several credentials, or one that the platform sends and cannot read.</exception>
    internal static void RequireOneCredential(HttpRequestMessage request)
    {
        if (request.Headers.NonValidated.TryGetValues("Authorization", out var credentials)
            && (credentials.Count != 1 || request.Headers.Authorization is null))
        {
            throw new BoundTokenGuardException(GuardFailure.TokenNotBound, "The Authorization header is not one credential, so its content cannot be examined.");
        }
    }

    /// <summary>HTTP/3 has no stream on which the handshake could be looked at, so it is not used.</summary>
    internal static void LimitVersion(HttpRequestMessage request)
    {
        if (request.Version.Major > 2)
        {
            request.Version = HttpVersion.Version20;
        }

        if (request.VersionPolicy == HttpVersionPolicy.RequestVersionOrHigher)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }
    }

    private static BoundTokenGuardException Refuse(string why) =>
        new(GuardFailure.RequestOutsideResource, $"The request is not sent: {why}.");
}
