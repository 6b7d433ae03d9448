using System.Buffers;
using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Text.Json;

namespace BoundTokenEnforcement;

/// <summary>
/// What a token says about itself, if it can be read. Clients must not rely on what is in a token (RFC 9068 §6): here it only ever leads to a
/// refusal.
/// </summary>
internal static class TokenInspector
{
    /// <exception cref="BoundTokenGuardException">The token is readable, and not one that may be sent with this certificate.</exception>
    internal static void EnsureConsistent(AuthenticationHeaderValue? authorization, ClientCertificate certificate, ICollection<string> issuers)
    {
        // Without a scheme, the platform takes the token for one.
        if ((authorization?.Parameter ?? authorization?.Scheme) is not { } token || PayloadOf(token) is not { } payload)
        {
            return;
        }

        var confirmation = Confirmation.Read(payload);
        if (confirmation.IsAbsent || confirmation.Fault is not null)
        {
            throw new BoundTokenGuardException(GuardFailure.TokenNotBound, confirmation.IsAbsent
                    ? "The token is a JWT without 'cnf': it is not bound to a certificate. The authorization server must bind it (RFC 8705 §3), which it does only for requests over mutual TLS."
                    : $"The token's 'cnf' is not understood: {confirmation.Fault}.");
        }

        if (confirmation.CertificateThumbprint != certificate.Thumbprint)
        {
            throw new BoundTokenGuardException(
                GuardFailure.TokenOfAnotherCertificate,
                $"The token is bound to {confirmation.CertificateThumbprint}, and the client certificate is {certificate.Thumbprint}.");
        }

        if (IssuerOf(payload) is { } issuer && !issuers.Contains(issuer))
        {
            throw new BoundTokenGuardException(GuardFailure.IssuerNotAllowed, $"The token comes from {ForeignText.Quote(issuer)}; allowed here, and named by the resource, are {ForeignText.QuoteAll(issuers)}.");
        }
    }

    /// <summary>
    /// The payload of a readable JWT: a header that is a JSON object with <c>alg</c> (RFC 7515 §4.1.1), and a payload that is a JSON object (RFC 7519 §7.2).
    /// <see langword="null"/> for everything else, which is opaque: also an opaque token that happens to have two dots.
    /// </summary>
    private static byte[]? PayloadOf(string token)
    {
        var parts = token.AsSpan();
        var first = parts.IndexOf('.');
        var last = parts.LastIndexOf('.');
        if (first < 0 || first == last || parts[(first + 1)..last].Contains('.'))
        {
            return null;
        }

        return Decode(parts[..first]) is { } header && IsObject(header, "alg")
            && Decode(parts[(first + 1)..last]) is { } payload && IsObject(payload, member: null)
                ? payload
                : null;
    }

    private static byte[]? Decode(ReadOnlySpan<char> encoded)
    {
        var decoded = new byte[Base64Url.GetMaxDecodedLength(encoded.Length)];
        return Base64Url.DecodeFromChars(encoded, decoded, out _, out var written) == OperationStatus.Done ? decoded[..written] : null;
    }

    private static bool IsObject(byte[] utf8, string? member)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            return json.RootElement.ValueKind == JsonValueKind.Object && (member is null || json.RootElement.TryGetProperty(member, out _));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? IssuerOf(byte[] payload)
    {
        using var json = JsonDocument.Parse(payload);
        return json.RootElement.TryGetProperty("iss", out var issuer) && issuer.ValueKind == JsonValueKind.String ? issuer.GetString() : null;
    }
}
