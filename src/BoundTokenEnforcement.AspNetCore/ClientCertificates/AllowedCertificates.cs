using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The rules of <see cref="AllowedCertificateOptions"/>, and what they said of certificates that are still in use.</summary>
internal sealed class AllowedCertificates
{
    private static readonly object Allowed = new();
    private static readonly object NotAllowed = new();

    // A certificate never changes, and the rules live only until the next reload.
    private readonly ConditionalWeakTable<PresentedCertificate, object> _known = [];
    private readonly HashSet<string> _issuers;
    private readonly AllowedNames? _names;

    private AllowedCertificates(AllowedCertificateOptions options)
    {
        _issuers = [.. options.Issuers.Select(static text => KeyIdentifier.TryParse(text, out var identifier) ? identifier : throw new FormatException(text))];
        _names = options.NamesClients ? new AllowedNames(options) : null;
    }

    /// <returns><see langword="null"/> if all certificates are allowed.</returns>
    /// <exception cref="FormatException">The options were not validated.</exception>
    internal static AllowedCertificates? Of(AllowedCertificateOptions options) => options.AllowsAll ? null : new AllowedCertificates(options);

    /// <returns><see langword="null"/> if this one was not looked at yet.</returns>
    internal bool? Known(PresentedCertificate presented) => _known.TryGetValue(presented, out var verdict) ? ReferenceEquals(verdict, Allowed) : null;

    /// <param name="presented">The certificate that the binding was verified with.</param>
    /// <param name="certificate">The same as a whole; <see langword="null"/> if it cannot be had, and then it is not allowed.</param>
    internal bool Judge(PresentedCertificate presented, X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return false;
        }

        var allows = Allows(certificate);
        _known.AddOrUpdate(presented, allows ? Allowed : NotAllowed);
        return allows;
    }

    internal bool Allows(X509Certificate2 certificate)
    {
        try
        {
            return (_issuers.Count == 0 || (KeyIdentifier.OfIssuer(certificate) is { } issuer && _issuers.Contains(issuer)))
                && (_names is null || _names.HoldOneOf(certificate));
        }
        catch (CryptographicException)
        {
            // An extension that the platform cannot read.
            return false;
        }
    }
}
