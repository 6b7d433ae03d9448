using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement;

/// <summary>What a chain policy for servers must not do: whatever it ignores, the platform ignores, the name included.</summary>
internal static class ServerChainRules
{
    private const X509VerificationFlags Bearable =
        X509VerificationFlags.IgnoreEndRevocationUnknown
        | X509VerificationFlags.IgnoreCertificateAuthorityRevocationUnknown
        | X509VerificationFlags.IgnoreRootRevocationUnknown
        | X509VerificationFlags.IgnoreCtlSignerRevocationUnknown;

    internal static IEnumerable<string> Faults(X509ChainPolicy? policy) => policy is not null && (policy.VerificationFlags & ~Bearable) != 0
        ? [$"ServerCertificateChainPolicy has VerificationFlags that let unverified servers pass. Only the Ignore…RevocationUnknown flags are allowed; trust a private authority by TrustMode and CustomTrustStore."]
        : [];
}
