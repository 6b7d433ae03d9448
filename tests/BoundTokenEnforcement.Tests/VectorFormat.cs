using System.Text.Json;
using System.Text.Json.Serialization;

namespace BoundTokenEnforcement.Tests;

/// <summary>How the files below tests/vectors are read: no unknown key, no missing key, no key twice, no number for a name.</summary>
internal static class VectorFormat
{
    internal static JsonSerializerOptions Options { get; } = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };
}
