using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Unicode;

namespace BoundTokenEnforcement;

/// <summary>Reads JSON that two readers could not understand in two ways.</summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = 16,
    };

    /// <summary>Calls <paramref name="read"/> with the one JSON object that <paramref name="utf8"/> is.</summary>
    /// <returns><see langword="false"/> if it is something else: no object, a name twice on any level, broken text, too deep, anything behind it.</returns>
    internal static bool TryRead<T>(byte[] utf8, Func<JsonElement, T> read, [NotNullWhen(true)] out T? value)
        where T : class
    {
        value = null;

        // JsonDocument does not validate strings that are not read.
        if (!Utf8.IsValid(utf8))
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                return false;
            }

            value = read(document.RootElement);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half of an escaped surrogate pair.
            return false;
        }
    }

    /// <summary>The string with this name; <see langword="null"/> if there is none, or something else.</summary>
    internal static string? Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether a list with this name, if there is one, contains <paramref name="item"/>. What is not a list of strings contains nothing.</summary>
    internal static bool ListIsAbsentOrContains(this JsonElement json, string name, string item)
    {
        if (!json.TryGetProperty(name, out var list))
        {
            return true;
        }

        return list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().All(static element => element.ValueKind == JsonValueKind.String)
            && list.EnumerateArray().Any(element => string.Equals(element.GetString(), item, StringComparison.Ordinal));
    }
}
