using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The identifier of an authority's key, as upper-case hexadecimal digits.</summary>
internal static class KeyIdentifier
{
    /// <returns><see langword="null"/> if the certificate names no key of its issuer, or has more than one such extension (RFC 5280 §4.2).</returns>
    internal static string? OfIssuer(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().ToList() is [{ KeyIdentifier: { } identifier }] ? Convert.ToHexString(identifier.Span) : null;

    /// <summary>Reads whole bytes in hexadecimal, either without anything between or with a colon between each two.</summary>
    internal static bool TryParse(string? text, [NotNullWhen(true)] out string? identifier)
    {
        identifier = null;
        var bytes = text?.Split(':') ?? [];
        if (bytes.Length == 0 || (bytes.Length > 1 && Array.Exists(bytes, static pair => pair.Length != 2)))
        {
            return false;
        }

        var digits = string.Concat(bytes);
        if (digits.Length == 0 || digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        identifier = digits.ToUpperInvariant();
        return true;
    }
}
