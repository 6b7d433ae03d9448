using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>The certificate whose key the peer has proved to hold, reduced to what the decision needs: its thumbprint.</summary>
/// <remarks>
/// The creator vouches for the proof: the certificate must come out of the TLS handshake of the connection that carries
/// the request (<see href="https://www.rfc-editor.org/rfc/rfc8705#section-1.2">RFC 8705 §1.2</see>), or from a proxy that is trusted to have done
/// that handshake and that removes what clients claim. Not checked, because the binding does not need it (§6.2): the chain, the validity period,
/// the key usage.
/// </remarks>
public sealed class PresentedCertificate
{
    /// <summary>Computes the thumbprint; meant to be done once per connection.</summary>
    /// <param name="certificate">The end-entity certificate. It is not kept.</param>
    /// <param name="source">From where it is known.</param>
    /// <exception cref="ArgumentNullException"><paramref name="certificate"/> is <see langword="null"/>.</exception>
    public PresentedCertificate(X509Certificate2 certificate, CertificateSource source)
        : this(CertificateThumbprint.Of(certificate), source)
    {
    }

    /// <summary>Takes the thumbprint from whoever saw the certificate: a proxy that forwards nothing else.</summary>
    /// <param name="thumbprint">The thumbprint of the end-entity certificate. A <see langword="default"/> one matches no token.</param>
    /// <param name="source">From where it is known.</param>
    public PresentedCertificate(CertificateThumbprint thumbprint, CertificateSource source)
    {
        Thumbprint = thumbprint;
        Source = source;
        WhenMatched = BindingResult.Verified(new VerifiedBinding(this));
    }

    /// <summary>The thumbprint to compare.</summary>
    public CertificateThumbprint Thumbprint { get; }

    /// <summary>From where the certificate is known.</summary>
    public CertificateSource Source { get; }

    /// <summary>What a match gives. Made once, because each match of one certificate says the same; the match itself is never kept.</summary>
    internal BindingResult WhenMatched { get; }
}
