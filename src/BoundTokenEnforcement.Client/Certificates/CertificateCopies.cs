using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>Copies of certificates without their private keys: the application may dispose or exchange its own objects.</summary>
internal static class CertificateCopies
{
    /// <summary>Copies the certificates of an option.</summary>
    /// <returns>Why they cannot be used; <see langword="null"/> if they can.</returns>
    internal static string? TryCopy(X509Certificate2Collection certificates, string option, out X509Certificate2Collection? copies)
    {
        try
        {
            copies = Of(certificates);
            return null;
        }
        catch (CryptographicException e)
        {
            copies = null;
            return $"{option} contains a certificate that cannot be read, for example because it is disposed: {e.Message}";
        }
    }

    /// <exception cref="CryptographicException">One of them cannot be read, for example because it is disposed.</exception>
    internal static X509Certificate2Collection Of(X509Certificate2Collection certificates)
    {
        var copies = new X509Certificate2Collection();
        foreach (var certificate in certificates)
        {
            copies.Add(X509CertificateLoader.LoadCertificate(certificate.RawDataMemory.Span));
        }

        return copies;
    }
}
