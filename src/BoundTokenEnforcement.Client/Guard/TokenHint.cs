using System.Buffers;
using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>
/// What a token says about itself, if it can be read. Clients must not rely on what is in a token (RFC 9068 §6): here it only ever leads to a
/// refusal.
/// </summary>
internal static class TokenHint
{
    /// <exception cref="BoundTokenRefusedException">The token is readable, and not one that may be sent with this certificate.</exception>
    internal static void RequireNoContradiction(AuthenticationHeaderValue? authorization, ClientCertificate certificate, ICollection<string> issuers)
    {
        if (authorization?.Parameter is not { } token || PayloadOf(token) is not { } payload)
        {
            return;
        }

        var confirmation = Confirmation.Read(payload);
        if (confirmation.IsAbsent || confirmation.Fault is not null)
        {
            throw new BoundTokenRefusedException(GuardRefusal.TokenNotBound, "The token says that it is not bound to a certificate, or in a way that is not understood.");
        }

        if (confirmation.CertificateThumbprint != certificate.Thumbprint)
        {
            throw new BoundTokenRefusedException(
                GuardRefusal.TokenOfAnotherCertificate,
                $"The token is bound to {confirmation.CertificateThumbprint}, and the client certificate is {certificate.Thumbprint}.");
        }

        if (IssuerOf(payload) is { } issuer && !issuers.Contains(issuer))
        {
            throw new BoundTokenRefusedException(GuardRefusal.IssuerNotAllowed, "The token comes from an issuer that is not allowed for this resource.");
        }
    }

    /// <summary>The payload of a compact JWT; <see langword="null"/> for everything else.</summary>
    private static byte[]? PayloadOf(string token)
    {
        var parts = token.AsSpan();
        var first = parts.IndexOf('.');
        var last = parts.LastIndexOf('.');
        if (first < 0 || first == last || parts[(first + 1)..last].Contains('.'))
        {
            return null;
        }

        var encoded = parts[(first + 1)..last];
        var payload = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        return Base64Url.DecodeFromChars(encoded, payload, out _, out var written) == OperationStatus.Done ? payload[..written] : null;
    }

    private static string? IssuerOf(byte[] payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.TryGetProperty("iss", out var issuer) && issuer.ValueKind == JsonValueKind.String ? issuer.GetString() : null;
    }
}
