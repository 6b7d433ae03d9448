using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>How a token may travel (RFC 6750 §2): once, and so that no two readers can disagree about it.</summary>
internal static class TokenTransport
{
    /// <summary>The longest form that is read, in bytes, to see whether a second token stands in it. A longer one goes on unread.</summary>
    internal const int MaxFormLength = 64 * 1024;

    private const string Parameter = "access_token";
    private const string FormType = "application/x-www-form-urlencoded";

    internal static ValueTask<bool> IsAmbiguousAsync(HttpRequest request)
    {
        var lines = request.Headers.Authorization;
        if (lines.Count == 0)
        {
            return ValueTask.FromResult(false);
        }

        return lines.Count > 1
            ? ValueTask.FromResult(true)
            : BearerCredentials.Read(lines, out _) switch
            {
                BearerCredentialsReading.None => ValueTask.FromResult(false),
                BearerCredentialsReading.Malformed => ValueTask.FromResult(true),
                _ => CarriesAnotherTokenAsync(request),
            };
    }

    private static ValueTask<bool> CarriesAnotherTokenAsync(HttpRequest request)
    {
        if (request.QueryString.HasValue && request.Query.ContainsKey(Parameter))
        {
            return ValueTask.FromResult(true);
        }

        return request.ContentLength is (null or (> 0 and <= MaxFormLength)) && IsForm(request.ContentType)
            ? FormCarriesTokenAsync(request)
            : ValueTask.FromResult(false);
    }

    private static bool IsForm(string? contentType) => contentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true;

    private static async ValueTask<bool> FormCarriesTokenAsync(HttpRequest request)
    {
        try
        {
            // The application finds the body as it came, and the form already read.
            request.EnableBuffering(bufferThreshold: MaxFormLength);
            if (request.ContentLength is null && await IsTooLongAsync(request))
            {
                return false;
            }

            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            request.Body.Position = 0;
            return form.ContainsKey(Parameter);
        }
        catch (InvalidDataException)
        {
            // Not a form after all: who knows what another reader finds in it.
            return true;
        }
    }

    // Chunked, or HTTP/2 without a length: how long it is shows only on the way.
    private static async ValueTask<bool> IsTooLongAsync(HttpRequest request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxFormLength + 1);
        try
        {
            var read = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxFormLength + 1), MaxFormLength + 1, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
            request.Body.Position = 0;
            return read > MaxFormLength;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
