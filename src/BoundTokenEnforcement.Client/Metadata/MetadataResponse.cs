using System.Net;

namespace BoundTokenEnforcement;

/// <summary>What an answer must look like before anything in it is read (RFC 9728 §3.2).</summary>
internal static class MetadataResponse
{
    /// <exception cref="BoundTokenGuardException">It is not metadata.</exception>
    /// <exception cref="MetadataAttemptFailedException">The server says that it is not well just now.</exception>
    internal static void RequireUsable(HttpResponseMessage response, ResourceIdentifier resource, bool certificateWasGiven)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var problem = $"'{resource.MetadataUrl}' answered {(int)response.StatusCode}";
            throw response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                ? new MetadataAttemptFailedException(problem)
                : new BoundTokenGuardException(GuardFailure.MetadataUnreachable, $"The metadata of '{resource}' could not be fetched: {problem}, and only 200 is an answer.{Advice(response.StatusCode, certificateWasGiven)}");
        }

        if (JsonBody.IsEncoded(response.Content))
        {
            throw Invalid(resource, "it has a Content-Encoding, although none was requested");
        }

        if (!JsonBody.IsJson(response.Content))
        {
            throw Invalid(resource, $"its Content-Type is {ForeignText.Quote(response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null)}, not {JsonBody.MediaType}");
        }
    }

    /// <exception cref="BoundTokenGuardException">It is too long.</exception>
    internal static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, ResourceIdentifier resource, CancellationToken cancellationToken) =>
        await JsonBody.ReadAsync(response.Content, ProtectedResourceMetadata.MaxLength, cancellationToken).ConfigureAwait(false)
        ?? throw new BoundTokenGuardException(
            GuardFailure.MetadataUnreachable, $"The metadata at '{resource.MetadataUrl}' is longer than {ProtectedResourceMetadata.MaxLength} bytes.");

    private static string Advice(HttpStatusCode status, bool certificateWasGiven) => status switch
    {
        // nginx and others answer so where a client certificate does not verify.
        HttpStatusCode.BadRequest when certificateWasGiven => $" {RejectedCertificate.Advice}",
        HttpStatusCode.NotFound => " The URL follows from the resource identifier (RFC 9728 §3.1): compare the identifier with the one that the resource publishes.",
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => " Redirects are not followed.",
        _ => string.Empty,
    };

    private static BoundTokenGuardException Invalid(ResourceIdentifier resource, string why) =>
        new(GuardFailure.MetadataInvalid, $"The metadata at '{resource.MetadataUrl}' cannot be used: {why}.");
}
