using System.Net;
using System.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>What an answer must look like before anything in it is read (RFC 9728 §3.2).</summary>
internal static class MetadataResponse
{
    private const string Json = "application/json";

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

        // We ask for no coding and take none, so that the limit on what is read is the limit on what is parsed: nothing can be inflated.
        if (response.Content.Headers.NonValidated.Contains("Content-Encoding"))
        {
            throw Invalid("it is encoded, although that was not asked for");
        }

        if (!IsJson(response.Content.Headers))
        {
            throw Invalid($"its content type is not {Json}");
        }
    }

    /// <exception cref="BoundTokenRefusedException">It is too long. Counted while reading: what <c>Content-Length</c> says is only said.</exception>
    internal static async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[ProtectedResourceMetadata.MaxLength + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length <= ProtectedResourceMetadata.MaxLength
            ? buffer[..length]
            : throw new BoundTokenRefusedException(
                GuardRefusal.MetadataUnreachable, $"The metadata is longer than {ProtectedResourceMetadata.MaxLength} bytes.");
    }

    private static bool IsJson(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out var lines)
        && MediaTypeHeaderValue.TryParse(lines.ToString(), out var type)
        && string.Equals(type.MediaType, Json, StringComparison.OrdinalIgnoreCase)
        && type.Parameters.Count <= 1
        && type.Parameters.All(static parameter =>
            string.Equals(parameter.Name, "charset", StringComparison.OrdinalIgnoreCase)
            && string.Equals(parameter.Value?.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    private static BoundTokenRefusedException Invalid(string why) => new(GuardRefusal.MetadataInvalid, $"The metadata cannot be used: {why}.");
}
