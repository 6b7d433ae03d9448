using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>
/// Looks for a second token in a form (RFC 6750 §2.2), without parsing the form: its limits are the application's. The token itself is never used.
/// </summary>
internal static class FormToken
{
    /// <summary>The longest form that is looked at, in bytes. A longer one goes on unread.</summary>
    internal const int MaxFormLength = 64 * 1024;

    private const string FormType = "application/x-www-form-urlencoded";

    /// <summary>
    /// To be asked after routing, so that limits of the endpoint's own are in force when the body is read. Content-Encoding does not matter: readers of
    /// forms ignore it, and what is really compressed shows its names only to a component that decompresses it first.
    /// </summary>
    internal static ValueTask<bool> IsInAsync(HttpRequest request) =>
        request.ContentLength is null or (> 0 and <= MaxFormLength)
        && request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) == true
            ? IsInBodyAsync(request)
            : ValueTask.FromResult(false);

    private static async ValueTask<bool> IsInBodyAsync(HttpRequest request)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxFormLength + 1);
        try
        {
            // The application finds the body as it came.
            request.EnableBuffering(bufferThreshold: MaxFormLength + 1);
            var length = await request.Body.ReadAtLeastAsync(
                buffer.AsMemory(0, MaxFormLength + 1), MaxFormLength + 1, throwOnEndOfStream: false, request.HttpContext.RequestAborted).ConfigureAwait(false);
            request.Body.Position = 0;
            return length <= MaxFormLength && HasTokenField(WithoutZeros(buffer.AsSpan(0, length)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    // A form can be in UTF-16 or UTF-32, and is read as such: ASCII with zeros in between.
    private static ReadOnlySpan<byte> WithoutZeros(Span<byte> form)
    {
        var length = 0;
        foreach (var octet in form)
        {
            if (octet != 0)
            {
                form[length++] = octet;
            }
        }

        return form[..length];
    }

    private static bool HasTokenField(ReadOnlySpan<byte> form)
    {
        while (!form.IsEmpty)
        {
            var end = form.IndexOf((byte)'&');
            var field = end < 0 ? form : form[..end];
            form = end < 0 ? default : form[(end + 1)..];
            var equals = field.IndexOf((byte)'=');
            if (IsTokenName(equals < 0 ? field : field[..equals]))
            {
                return true;
            }
        }

        return false;
    }

    // Readers of forms decode names and ignore their case.
    private static bool IsTokenName(ReadOnlySpan<byte> name) =>
        name.Length <= TokenParameter.Name.Length * 3
        && string.Equals(Uri.UnescapeDataString(Encoding.Latin1.GetString(name)), TokenParameter.Name, StringComparison.OrdinalIgnoreCase);
}
