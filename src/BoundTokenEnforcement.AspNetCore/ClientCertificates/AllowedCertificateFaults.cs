using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>What is wrong with the rules about certificates; each fault names the option to change.</summary>
internal static class AllowedCertificateFaults
{
    private const string Section = $"{BoundTokenEnforcementOptions.SectionName}:{nameof(BoundTokenEnforcementOptions.AllowedCertificates)}";

    internal static IEnumerable<string> Of(BoundTokenEnforcementOptions enforcement)
    {
        var options = enforcement.AllowedCertificates;
        return options.AllowsAll ? [] :
        [
            .. OfWhoVerifies(enforcement),
            .. Of(nameof(options.Issuers), options.Issuers, static text => KeyIdentifier.TryParse(text, out _), "a key identifier in hexadecimal"),
            .. Of(nameof(options.Subjects), options.Subjects, IsSubject, "a distinguished name such as CN=orders, O=Example (quotes around a value with a comma, no backslash)"),
            .. Of(nameof(options.DnsNames), options.DnsNames, IsDnsName, "a DNS name (no wildcard, ASCII only)"),
            .. Of(nameof(options.Uris), options.Uris, IsUri, "an absolute URI"),
            .. Of(nameof(options.IpAddresses), options.IpAddresses, static text => IPAddress.TryParse(text, out var address) && address.ToString() == text, "an IP address in its usual spelling"),
            .. Of(nameof(options.EmailAddresses), options.EmailAddresses, static text => text.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && text.All(char.IsAscii), "an email address"),
        ];
    }

    // Anybody can write any name into a certificate that nobody verifies.
    private static IEnumerable<string> OfWhoVerifies(BoundTokenEnforcementOptions enforcement)
    {
        if (enforcement.ForwardedCertificate is { HoldsOnlyHash: true } forwarded)
        {
            yield return $"{Section} needs the certificate, and {BoundTokenEnforcementOptions.SectionName}:{nameof(enforcement.ForwardedCertificate)}:{nameof(forwarded.Format)} is {forwarded.Format}, which forwards only its hash. Let the proxy forward the certificate.";
        }
        else if (enforcement.ForwardedCertificate is null && enforcement.CertificateAuthenticationScheme is null)
        {
            yield return $"{Section} compares what stands in the certificate, and nothing here verifies who signed it. Set {nameof(enforcement.CertificateAuthenticationScheme)}.";
        }
    }

    private static IEnumerable<string> Of(string list, IEnumerable<string> texts, Func<string, bool> isRight, string what) =>
        texts.Where(text => string.IsNullOrWhiteSpace(text) || text.Trim() != text || !isRight(text)).Select(text => $"{Section}:{list} contains '{text}', which is not {what}.");

    // The platform takes a path for the URI of a file.
    private static bool IsUri(string text) => text.All(char.IsAscii) && Uri.CheckSchemeName(text.Split(':')[0]) && Uri.TryCreate(text, UriKind.Absolute, out _);

    private static bool IsDnsName(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');

    private static bool IsSubject(string text)
    {
        try
        {
            // The platform does not know the escapes of RFC 4514, and would read something else.
            return !text.Contains('\\', StringComparison.Ordinal) && new X500DistinguishedName(text).EnumerateRelativeDistinguishedNames().Any();
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
