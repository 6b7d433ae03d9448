using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>A client certificate that was found fit to be used, and its thumbprint.</summary>
internal sealed class ClientCertificate
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string AnyUsage = "2.5.29.37.0";

    private readonly DateTime _notBefore;
    private readonly DateTime _notAfter;

    private ClientCertificate(X509Certificate2 given, X509Certificate2 copy, X509Certificate2Collection? chain)
    {
        Given = given;
        Certificate = copy;
        Thumbprint = CertificateThumbprint.Of(copy);

        // Offline: nothing is fetched that the application did not give.
        Context = SslStreamCertificateContext.Create(Certificate, chain, offline: true);
        _notBefore = copy.NotBefore.ToUniversalTime();
        _notAfter = copy.NotAfter.ToUniversalTime();
    }

    /// <summary>The object that the application gave, and may dispose when it likes.</summary>
    internal X509Certificate2 Given { get; }

    /// <summary>Our own copy of it, which lives as long as the connections and tokens that need it.</summary>
    internal X509Certificate2 Certificate { get; }

    internal CertificateThumbprint Thumbprint { get; }

    /// <summary>The certificate with those of its issuers that are sent behind it.</summary>
    internal SslStreamCertificateContext Context { get; }

    /// <exception cref="BoundTokenGuardException">It is not fit. The platform would connect without it, and say nothing.</exception>
    internal static ClientCertificate Checked(X509Certificate2 certificate, TimeProvider clock, X509Certificate2Collection? chain = null)
    {
        // Certificates decode their extensions when these are first read, and not safely for several threads. The copy belongs to this call alone.
        var copy = new X509Certificate2(certificate);
        if (FaultOf(copy) is { } fault)
        {
            copy.Dispose();
            throw Unusable(fault);
        }

        var usable = new ClientCertificate(certificate, copy, chain);
        usable.CheckValidity(clock);
        return usable;
    }

    /// <exception cref="BoundTokenGuardException">It has become too old.</exception>
    internal void CheckValidity(TimeProvider clock)
    {
        if (ValidityFault(clock) is { } fault)
        {
            throw Unusable(fault);
        }
    }

    private static BoundTokenGuardException Unusable(string fault) =>
        new(GuardFailure.CertificateUnusable, $"The client certificate cannot be used: {fault}.");

    private static string? FaultOf(X509Certificate2 certificate)
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

        return null;
    }

    private string? ValidityFault(TimeProvider clock)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        if (now < _notBefore)
        {
            return "it is not valid yet";
        }

        return now > _notAfter ? "it has expired" : null;
    }
}
