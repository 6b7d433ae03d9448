using System.Net.Http.Headers;

namespace BoundTokenEnforcement;

/// <summary>Which bodies are read, and how far. We ask for no coding and take none, so that the limit on what is read is the limit on what is parsed.</summary>
internal static class JsonBody
{
    internal const string MediaType = "application/json";

    /// <summary>Why the body is not read; <see langword="null"/> if it is.</summary>
    internal static string? WhyNotReadable(HttpContent content)
    {
        // Also a coding that cannot be read.
        if (content.Headers.NonValidated.Contains("Content-Encoding"))
        {
            return "its answer has a Content-Encoding, although none was requested";
        }

        return IsJson(content)
            ? null
            : $"its Content-Type is {ForeignText.Quote(content.Headers.NonValidated.TryGetValues("Content-Type", out var types) ? types.ToString() : null)}, not {MediaType} in UTF-8";
    }

    /// <summary>Whether it says, in one way only, that it is JSON in UTF-8.</summary>
    private static bool IsJson(HttpContent content) =>
        content.Headers.NonValidated.TryGetValues("Content-Type", out var lines)
        && MediaTypeHeaderValue.TryParse(WithoutEmptyParameter(lines.ToString()), out var type)
        && string.Equals(type.MediaType, MediaType, StringComparison.OrdinalIgnoreCase)
        && type.Parameters.Count <= 1
        && type.Parameters.All(static parameter =>
            string.Equals(parameter.Name, "charset", StringComparison.OrdinalIgnoreCase)
            && string.Equals(parameter.Value?.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    // RFC 9110 §5.6.6: the last semicolon may have nothing behind it.
    private static string WithoutEmptyParameter(string type) => type.TrimEnd(' ', '\t') is [.. var before, ';'] ? before : type;

    /// <summary>The whole body; <see langword="null"/> if it is longer. Counted while reading: what <c>Content-Length</c> says is only said.</summary>
    internal static async ValueTask<byte[]?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        // One byte more than allowed distinguishes "full" from "too much".
        var buffer = new byte[maxBytes + 1];
        using var body = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length > maxBytes ? null : buffer[..length];
    }
}
