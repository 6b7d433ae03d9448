using System.Buffers.Text;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement;

/// <summary>How a refused token calls itself: <c>jti</c> and <c>client_id</c>. For alarms only.</summary>
internal static class TokenIdentifiers
{
    private const int MaxLength = 200;

    internal static (string? TokenId, string? ClientId) Of(HttpRequest request, ClaimsPrincipal? principal) => principal is not null
        ? (Bounded(principal.FindFirst("jti")?.Value), Bounded(principal.FindFirst("client_id")?.Value))
        : OfUnverified(request);

    private static (string? TokenId, string? ClientId) OfUnverified(HttpRequest request)
    {
        if (BearerCredentials.Read(request.Headers.Authorization, out var token) != BearerCredentialsReading.Token
            || !CompactJwt.TryGetPayload(token.Span, out var payload)
            || TryParse(payload) is not { } json)
        {
            return default;
        }

        using (json)
        {
            return json.RootElement.ValueKind == JsonValueKind.Object ? (Text(json, "jti"), Text(json, "client_id")) : default;
        }
    }

    private static JsonDocument? TryParse(ReadOnlySpan<char> encodedPayload)
    {
        try
        {
            return encodedPayload.Length <= Confirmation.MaxJsonLength ? JsonDocument.Parse(Base64Url.DecodeFromChars(encodedPayload)) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument json, string name) =>
        json.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Bounded(Unescaped(value)) : null;

    private static string? Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a character, written as an escape.
            return null;
        }
    }

    private static string? Bounded(string? text) => text?.Length > MaxLength ? text[..MaxLength] : text;
}
