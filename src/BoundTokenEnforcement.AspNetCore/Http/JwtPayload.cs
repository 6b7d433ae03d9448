using System.Buffers.Text;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>The payload of a JWT as a document, for telling. Decisions read it by <see cref="JwtConfirmation"/>.</summary>
internal static class JwtPayload
{
    /// <returns><see langword="null"/> for whatever is not JSON.</returns>
    internal static JsonDocument? TryDecode(ReadOnlySpan<char> encoded)
    {
        try
        {
            return encoded.Length <= Confirmation.MaxJsonLength ? JsonDocument.Parse(Base64Url.DecodeFromChars(encoded)) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }
}
