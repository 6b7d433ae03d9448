using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>Verifies a signature, unless it is remembered.</summary>
internal sealed class CachingSignatureProvider(
    SecurityKey key, string algorithm, long numberOfKey, CryptoProviderFactory factory, SignatureCache signatures) : SignatureProvider(key, algorithm)
{
    public override bool Verify(byte[] input, byte[] signature)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(signature);
        return Verify(input, 0, input.Length, signature, 0, signature.Length);
    }

    public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength)
    {
        var digest = CacheDigest.Of(
            numberOfKey, Algorithm, input.AsSpan(inputOffset, inputLength), signature.AsSpan(signatureOffset, signatureLength));
        return signatures.IsRemembered(digest) || VerifyOnce(digest, new(input, inputOffset, inputLength), new(signature, signatureOffset, signatureLength));
    }

    public override byte[] Sign(byte[] input) => throw new NotSupportedException("This provider only verifies.");

    protected override void Dispose(bool disposing)
    {
    }

    // Apart, so that a signature that is remembered does not pay for the closure.
    private bool VerifyOnce(CacheDigest digest, ArraySegment<byte> input, ArraySegment<byte> signature) =>
        signatures.Verify(digest, () => VerifyNow(input, signature));

    private bool VerifyNow(ArraySegment<byte> input, ArraySegment<byte> signature)
    {
        var provider = factory.CreateForVerifying(Key, Algorithm);
        try
        {
            return provider.Verify(input.Array!, input.Offset, input.Count, signature.Array!, signature.Offset, signature.Count);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }
}
