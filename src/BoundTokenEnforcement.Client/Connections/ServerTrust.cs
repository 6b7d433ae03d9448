using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>
/// How server certificates are validated: the application's policy as it was when the options were validated. It is copied once, certificates included, so
/// that what was validated is what is used, whatever the application does to its objects afterwards.
/// </summary>
internal sealed class ServerTrust
{
    /// <summary>What a policy ignores, the platform ignores, the server's name included. Only these flags leave the name alone.</summary>
    private const X509VerificationFlags AllowedFlags =
        X509VerificationFlags.IgnoreEndRevocationUnknown
        | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown
        | X509VerificationFlags.IgnoreRootRevocationUnknown
        | X509VerificationFlags.IgnoreCtlSignerRevocationUnknown;

    private readonly X509ChainPolicy? _policy;

    private ServerTrust(X509ChainPolicy? policy) => _policy = policy;

    /// <summary>Copies <paramref name="policy"/>.</summary>
    /// <param name="policy"><see langword="null"/> for the roots of the operating system.</param>
    /// <param name="trust">The copy; <see langword="null"/> if the policy must not be used.</param>
    /// <returns>Why the policy must not be used; <see langword="null"/> if it may.</returns>
    internal static string? TryCopy(X509ChainPolicy? policy, out ServerTrust? trust)
    {
        trust = null;
        try
        {
            var copy = policy is null ? null : Copy(policy);
            if (copy is not null && (copy.VerificationFlags & ~AllowedFlags) != 0)
            {
                return "ServerCertificateChainPolicy has VerificationFlags that let unverified servers pass. Only the Ignore…RevocationUnknown flags are allowed; trust a private authority by TrustMode and CustomTrustStore.";
            }

            if (copy is { VerificationTimeIgnored: false })
            {
                return "ServerCertificateChainPolicy has a VerificationTime: certificates that have expired since would be accepted for ever. Leave it to the clock.";
            }

            trust = new ServerTrust(copy);
            return null;
        }
        catch (CryptographicException e)
        {
            return $"ServerCertificateChainPolicy contains a certificate that cannot be read, for example because it is disposed: {e.Message}";
        }
    }

    /// <summary>A policy for one connection or one handler: the platform may keep what it is given.</summary>
    internal X509ChainPolicy? NewPolicy() => _policy?.Clone();

    private static X509ChainPolicy Copy(X509ChainPolicy policy)
    {
        var copy = policy.Clone();
        copy.CustomTrustStore.Clear();
        copy.CustomTrustStore.AddRange(CertificateCopies.Of(policy.CustomTrustStore));
        copy.ExtraStore.Clear();
        copy.ExtraStore.AddRange(CertificateCopies.Of(policy.ExtraStore));
        return copy;
    }
}
