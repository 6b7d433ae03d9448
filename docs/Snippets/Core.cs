using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.Snippets;

internal static class Core
{
    internal static bool MayBeUsed(ReadOnlySpan<byte> payload, X509Certificate2? certificate)
    {
        #region decide
        // payload: the decoded payload of a token whose signature you have verified
        var confirmation = Confirmation.Read(payload);
        var presented = certificate is null ? null : new PresentedCertificate(certificate, CertificateSource.Connection);

        var result = CertificateBinding.Verify(confirmation, presented, BindingRequirement.Required);
        return !result.IsRefused;
        #endregion
    }
}
