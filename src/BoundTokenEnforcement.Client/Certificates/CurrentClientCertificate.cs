using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The certificate that the provider gives now, examined once per certificate and not once per request.</summary>
internal sealed class CurrentClientCertificate(IClientCertificateProvider provider, TimeProvider clock)
{
    private volatile ClientCertificate? _known;

    /// <exception cref="BoundTokenRefusedException">The certificate is not fit to be used.</exception>
    internal ClientCertificate Get()
    {
        var certificate = Given();
        var known = _known;
        if (known is null || !ReferenceEquals(known.Given, certificate))
        {
            return _known = ClientCertificate.Checked(certificate, clock);
        }

        known.CheckValidity(clock);
        return known;
    }

    private X509Certificate2 Given() => provider.Current
        ?? throw new BoundTokenRefusedException(GuardRefusal.CertificateUnusable, "The certificate provider gave no client certificate.");
}
