using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>A client certificate that was found fit to be used, and its thumbprint.</summary>
internal sealed class ClientCertificate
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string AnyUsage = "2.5.29.37.0";

    private ClientCertificate(X509Certificate2 certificate)
    {
        Certificate = certificate;
        Thumbprint = CertificateThumbprint.Of(certificate);
    }

    internal X509Certificate2 Certificate { get; }

    internal CertificateThumbprint Thumbprint { get; }

    /// <exception cref="BoundTokenRefusedException">It is not fit. The platform would connect without it, and say nothing.</exception>
    internal static ClientCertificate Checked(X509Certificate2 certificate, TimeProvider clock)
    {
        var fault = FaultOf(certificate, clock);
        return fault is null
            ? new ClientCertificate(certificate)
            : throw new BoundTokenRefusedException(GuardRefusal.CertificateUnusable, $"The client certificate cannot be used: {fault}.");
    }

    /// <exception cref="BoundTokenRefusedException">It has become too old.</exception>
    internal void CheckValidity(TimeProvider clock)
    {
        if (ValidityFaultOf(Certificate, clock) is { } fault)
        {
            throw new BoundTokenRefusedException(GuardRefusal.CertificateUnusable, $"The client certificate cannot be used: {fault}.");
        }
    }

    private static string? FaultOf(X509Certificate2 certificate, TimeProvider clock)
    {
        if (!certificate.HasPrivateKey)
        {
            return "it comes without its private key";
        }

        if (certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } purposes
            && !purposes.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>().Any(static purpose => purpose.Value is ClientAuthentication or AnyUsage))
        {
            return "its extended key usage does not include client authentication";
        }

        if (certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } usage
            && (usage.KeyUsages & (X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyAgreement)) == 0)
        {
            return "its key usage does not include digital signatures";
        }

        return ValidityFaultOf(certificate, clock);
    }

    private static string? ValidityFaultOf(X509Certificate2 certificate, TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now < certificate.NotBefore.ToUniversalTime())
        {
            return "it is not valid yet";
        }

        return now > certificate.NotAfter.ToUniversalTime() ? "it has expired" : null;
    }
}
