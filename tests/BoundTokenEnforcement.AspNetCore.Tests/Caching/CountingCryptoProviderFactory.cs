using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The application's own cryptography, which counts how often a signature is really verified.</summary>
internal sealed class CountingCryptoProviderFactory : CryptoProviderFactory
{
    private int _verifications;
    private int _releases;

    internal int Verifications => Volatile.Read(ref _verifications);

    internal int Releases => Volatile.Read(ref _releases);

    /// <summary>Runs before each verification.</summary>
    internal Action Before { get; set; } = static () => { };

    public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm)
    {
        Interlocked.Increment(ref _verifications);
        Before();
        return base.CreateForVerifying(key, algorithm);
    }

    public override void ReleaseSignatureProvider(SignatureProvider signatureProvider)
    {
        Interlocked.Increment(ref _releases);
        base.ReleaseSignatureProvider(signatureProvider);
    }
}
