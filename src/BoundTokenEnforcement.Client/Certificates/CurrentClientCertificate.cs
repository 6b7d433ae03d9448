using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The certificate that the provider gives now, examined once per certificate and not once per request.</summary>
internal sealed class CurrentClientCertificate(IClientCertificateProvider provider, TimeProvider clock, X509Certificate2Collection? chain = null)
{
    private volatile ClientCertificate? _known;

    /// <exception cref="BoundTokenGuardException">The certificate is not fit to be used.</exception>
    internal ClientCertificate Get()
    {
        var certificate = Given();
        var known = _known;
        if (known is null || !ReferenceEquals(known.Given, certificate))
        {
            return _known = ClientCertificate.Checked(certificate, clock, chain);
        }

        known.CheckValidity(clock);
        return known;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The application's code may throw anything, and is named as the cause.")]
    private X509Certificate2 Given()
    {
        try
        {
            return provider.Current
                ?? throw new BoundTokenGuardException(GuardFailure.CertificateUnusable, $"{provider.GetType()}.{nameof(provider.Current)} returned no client certificate.");
        }
        catch (Exception e) when (e is not BoundTokenGuardException)
        {
            throw new BoundTokenGuardException(GuardFailure.CertificateUnusable, $"{provider.GetType()}.{nameof(provider.Current)} threw an exception: {e.Message}", e);
        }
    }
}
