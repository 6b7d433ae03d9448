using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// Gives the token library a verifier that remembers. The library asks for one only after it has chosen a key of those that are valid now, so that a
/// withdrawn key is withdrawn whatever is remembered. All else is passed on to the factory that would have been asked.
/// </summary>
internal sealed class CachingCryptoProviderFactory : CryptoProviderFactory
{
    private readonly CryptoProviderFactory? _application;
    private readonly SignatureCache _signatures;
    private readonly ConditionalWeakTable<SecurityKey, object> _numbers = [];

    private CachingCryptoProviderFactory(CryptoProviderFactory? application, SignatureCache signatures)
    {
        _application = application;
        _signatures = signatures;
    }

    /// <param name="factory">What the application has set; <see langword="null"/> for the factory of each key.</param>
    /// <param name="signatures">The memory.</param>
    internal static CachingCryptoProviderFactory Around(CryptoProviderFactory? factory, SignatureCache signatures) =>
        // Options that are made anew may get the same parameters again.
        new(factory is CachingCryptoProviderFactory ours ? ours._application : factory, signatures);

    public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm) =>
        new CachingSignatureProvider(key, algorithm, NumberOf(key), Of(key), _signatures);

    public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm, bool cacheProvider) => CreateForVerifying(key, algorithm);

    public override void ReleaseSignatureProvider(SignatureProvider signatureProvider)
    {
        if (signatureProvider is not CachingSignatureProvider)
        {
            Of(signatureProvider.Key).ReleaseSignatureProvider(signatureProvider);
        }
    }

    public override bool IsSupportedAlgorithm(string algorithm) => (_application ?? Default).IsSupportedAlgorithm(algorithm);

    public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key) => Of(key).IsSupportedAlgorithm(algorithm, key);

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm) => Of(key).CreateForSigning(key, algorithm);

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm, bool cacheProvider) =>
        Of(key).CreateForSigning(key, algorithm, cacheProvider);

    public override AuthenticatedEncryptionProvider CreateAuthenticatedEncryptionProvider(SecurityKey key, string algorithm) =>
        Of(key).CreateAuthenticatedEncryptionProvider(key, algorithm);

    public override KeyWrapProvider CreateKeyWrapProvider(SecurityKey key, string algorithm) => Of(key).CreateKeyWrapProvider(key, algorithm);

    public override KeyWrapProvider CreateKeyWrapProviderForUnwrap(SecurityKey key, string algorithm) =>
        Of(key).CreateKeyWrapProviderForUnwrap(key, algorithm);

    public override void ReleaseKeyWrapProvider(KeyWrapProvider provider) => Of(provider.Key).ReleaseKeyWrapProvider(provider);

    public override void ReleaseRsaKeyWrapProvider(RsaKeyWrapProvider provider) => Of(provider.Key).ReleaseRsaKeyWrapProvider(provider);

    public override HashAlgorithm CreateHashAlgorithm(HashAlgorithmName algorithm) => (_application ?? Default).CreateHashAlgorithm(algorithm);

    public override HashAlgorithm CreateHashAlgorithm(string algorithm) => (_application ?? Default).CreateHashAlgorithm(algorithm);

    public override KeyedHashAlgorithm CreateKeyedHashAlgorithm(byte[] keyBytes, string algorithm) =>
        (_application ?? Default).CreateKeyedHashAlgorithm(keyBytes, algorithm);

    public override void ReleaseHashAlgorithm(HashAlgorithm hashAlgorithm) => (_application ?? Default).ReleaseHashAlgorithm(hashAlgorithm);

    private CryptoProviderFactory Of(SecurityKey key) => _application ?? key.CryptoProviderFactory;

    // The object itself: another one with the same numbers in it may come from another key set.
    private long NumberOf(SecurityKey key) => (long)_numbers.GetValue(key, _ => _signatures.NumberOfNewKey());
}
