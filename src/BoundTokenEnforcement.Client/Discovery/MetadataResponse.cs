using System.Net;

namespace BoundTokenEnforcement;

/// <summary>What an answer must look like before anything in it is read (RFC 9728 §3.2).</summary>
internal static class MetadataResponse
{
    /// <exception cref="BoundTokenRefusedException">It is not metadata.</exception>
    /// <exception cref="MetadataAttemptFailedException">The server says that it is not well just now.</exception>
    internal static void RequireUsable(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var problem = $"the server answered {(int)response.StatusCode}";
            throw response.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                ? new MetadataAttemptFailedException(problem)
                : new BoundTokenRefusedException(GuardRefusal.MetadataUnreachable, $"The metadata could not be fetched: {problem}, and only 200 will do.");
        }

        if (JsonBody.IsEncoded(response.Content))
        {
            throw Invalid("it is encoded, although that was not asked for");
        }

        if (!JsonBody.IsJson(response.Content))
        {
            throw Invalid($"its content type is not {JsonBody.MediaType}");
        }
    }

    /// <exception cref="BoundTokenRefusedException">It is too long.</exception>
    internal static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        await JsonBody.ReadAsync(response.Content, ProtectedResourceMetadata.MaxLength, cancellationToken).ConfigureAwait(false)
        ?? throw new BoundTokenRefusedException(
            GuardRefusal.MetadataUnreachable, $"The metadata is longer than {ProtectedResourceMetadata.MaxLength} bytes.");

    private static BoundTokenRefusedException Invalid(string why) => new(GuardRefusal.MetadataInvalid, $"The metadata cannot be used: {why}.");
}
