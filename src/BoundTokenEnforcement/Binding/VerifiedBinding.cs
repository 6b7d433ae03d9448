namespace BoundTokenEnforcement;

/// <summary>
/// Proof that a token's confirmation was compared with the presented certificate and matched. Only
/// <see cref="CertificateBinding.Verify"/> hands one out.
/// </summary>
public sealed class VerifiedBinding
{
    internal VerifiedBinding(PresentedCertificate certificate)
    {
        Thumbprint = certificate.Thumbprint;
        Source = certificate.Source;
    }

    /// <summary>The thumbprint that stands in the token and is the presented certificate's.</summary>
    public CertificateThumbprint Thumbprint { get; }

    /// <summary>From where the presented certificate is known.</summary>
    public CertificateSource Source { get; }
}
