namespace BoundTokenEnforcement;

/// <summary>
/// A copy of a request for the sockets. They read the message only after the handshake, and the application keeps the original: what it changes there after the guard has
/// looked must not be sent.
/// </summary>
internal static class RequestSnapshot
{
    internal static HttpRequestMessage Of(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            // Not disposed with the copy, because the copy is never disposed: it owns nothing.
            Content = request.Content,
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        // Extended CONNECT (RFC 8441): no header field.
        copy.Headers.Protocol = request.Headers.Protocol;
        foreach (var option in request.Options)
        {
            ((IDictionary<string, object?>)copy.Options).Add(option);
        }

        return copy;
    }
}
