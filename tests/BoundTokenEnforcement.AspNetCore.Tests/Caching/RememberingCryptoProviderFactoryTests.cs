using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What stands between the token library and the cryptography.</summary>
public sealed class RememberingCryptoProviderFactoryTests : IDisposable
{
    private const string Algorithm = SecurityAlgorithms.EcdsaSha256;
    private static readonly byte[] Signed = "header.payload"u8.ToArray();

    private readonly TestSigningKey _key = TestSigningKey.ES256();
    private readonly CountingCryptoProviderFactory _crypto = new();
    private readonly SignatureCache _signatures = new(
        Options.Create(new ValidatedTokenCacheOptions()),
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        _signatures.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_ByTheFactoryOfTheApplicationOrOfTheKey_AskedOnce(bool ofTheApplication)
    {
        var key = _key.PublicSecurityKey();
        key.CryptoProviderFactory = ofTheApplication ? key.CryptoProviderFactory : _crypto;
        var factory = CachingCryptoProviderFactory.Around(ofTheApplication ? _crypto : null, _signatures);
        var signature = _key.Sign(Signed);

        Assert.True(Verify(factory, key, Signed, signature));
        Assert.True(Verify(factory, key, Signed, signature));
        Assert.False(Verify(factory, key, "header.other"u8.ToArray(), signature));

        Assert.Equal((2, 2), (_crypto.Verifications, _crypto.Releases));
    }

    [Fact]
    public void Verify_KeysOfTheSameNumbers_AreVerifiedEach()
    {
        var factory = CachingCryptoProviderFactory.Around(_crypto, _signatures);
        var signature = _key.Sign(Signed);

        Assert.True(Verify(factory, _key.PublicSecurityKey(), Signed, signature));
        Assert.True(Verify(factory, _key.PublicSecurityKey(), Signed, signature));

        Assert.Equal(2, _crypto.Verifications);
    }

    [Fact]
    public void Verify_BytesInTheMiddleOfAnArray_OnlyTheyCount()
    {
        var factory = CachingCryptoProviderFactory.Around(_crypto, _signatures);
        var provider = factory.CreateForVerifying(_key.PublicSecurityKey(), Algorithm);
        var signature = _key.Sign(Signed);

        Assert.True(provider.Verify([1, 2, .. Signed, 3], 2, Signed.Length, [.. signature, 5, 6], 0, signature.Length));
        Assert.True(provider.Verify([9, .. Signed], 1, Signed.Length, [9, .. signature], 1, signature.Length));
        Assert.True(provider.Verify(Signed, signature));

        Assert.Equal(1, _crypto.Verifications);
        Assert.False(provider.Verify([.. Signed, 3], signature));
        Assert.Throws<NotSupportedException>(() => provider.Sign(Signed));
    }

    [Fact]
    public void Algorithm_NotSupportedByTheApplication_IsNotSupported()
    {
        var key = _key.PublicSecurityKey();
        var factory = CachingCryptoProviderFactory.Around(new Nothing(), _signatures);

        Assert.False(factory.IsSupportedAlgorithm(Algorithm, key));
        Assert.False(factory.IsSupportedAlgorithm(SecurityAlgorithms.Sha256));
        Assert.True(CachingCryptoProviderFactory.Around(null, _signatures).IsSupportedAlgorithm(Algorithm, key));
        Assert.False(CachingCryptoProviderFactory.Around(null, _signatures).IsSupportedAlgorithm(SecurityAlgorithms.RsaSha256, key));
    }

    // The library signs with such a factory too, if an application hands it over.
    [Fact]
    public async Task Signing_AndHashing_WorkAsBefore()
    {
        using var rsa = RSA.Create(2048);
        var factory = CachingCryptoProviderFactory.Around(null, _signatures);
        var key = new RsaSecurityKey(rsa);
        var token = new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            SigningCredentials = new SigningCredentials(key, SecurityAlgorithms.RsaSha256) { CryptoProviderFactory = factory },
            EncryptingCredentials = new EncryptingCredentials(key, SecurityAlgorithms.RsaOAEP, SecurityAlgorithms.Aes128CbcHmacSha256) { CryptoProviderFactory = factory },
            Claims = new Dictionary<string, object> { ["sub"] = "alice" },
        });
        var parameters = new TokenValidationParameters
        {
            CryptoProviderFactory = factory,
            IssuerSigningKey = key,
            TokenDecryptionKey = key,
            ValidateIssuer = false,
            ValidateAudience = false,
        };

        Assert.Equal("alice", (await new JsonWebTokenHandler().ValidateTokenAsync(token, parameters)).Claims["sub"]);
        var hash = factory.CreateHashAlgorithm(SecurityAlgorithms.Sha256);
        Assert.Equal(SHA256.HashData(Signed), hash.ComputeHash(Signed));
        factory.ReleaseHashAlgorithm(hash);
    }

    private static bool Verify(CryptoProviderFactory factory, SecurityKey key, byte[] signed, byte[] signature)
    {
        var provider = factory.CreateForVerifying(key, Algorithm);
        try
        {
            return provider.Verify(signed, 0, signed.Length, signature, 0, signature.Length);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    }

    private sealed class Nothing : CryptoProviderFactory
    {
        public override bool IsSupportedAlgorithm(string algorithm) => false;

        public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key) => false;
    }
}
