using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The names of <see cref="AllowedCertificateOptions"/>, of which a certificate must have one.</summary>
internal sealed class AllowedNames(AllowedCertificateOptions options)
{
    private const string SpiffeScheme = "spiffe://";

    private readonly X500DistinguishedName[] _subjects = [.. options.Subjects.Select(static text => new X500DistinguishedName(text))];
    private readonly HashSet<string> _dnsNames = new(options.DnsNames, StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _uris = new(options.Uris, StringComparer.Ordinal);
    private readonly HashSet<IPAddress> _ipAddresses = [.. options.IpAddresses.Select(IPAddress.Parse)];
    private readonly HashSet<string> _emailAddresses = new(options.EmailAddresses, StringComparer.Ordinal);

    internal bool HoldOneOf(X509Certificate2 certificate)
    {
        // All names must be readable, whichever it is that is looked for.
        if (!AlternativeNames.TryRead(certificate, out var names))
        {
            return false;
        }

        return Array.Exists(_subjects, subject => SubjectName.AreSame(subject, certificate.SubjectName))
            || names.DnsNames.Exists(_dnsNames.Contains)
            || names.IpAddresses.Exists(_ipAddresses.Contains)
            || names.EmailAddresses.Exists(_emailAddresses.Contains)
            || names.Uris.Exists(uri => _uris.Contains(uri) && (names.Uris.Count == 1 || !uri.StartsWith(SpiffeScheme, StringComparison.OrdinalIgnoreCase)));
    }
}
