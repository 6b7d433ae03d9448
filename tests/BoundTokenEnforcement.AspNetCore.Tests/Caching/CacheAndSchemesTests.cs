using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What one scheme has found out, no other believes.</summary>
public abstract class CacheAndSchemesTests(ValidatedTokenCacheContent content)
{
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Fact]
    [Requirement("R6750-5.2-1")]
    public async Task Schemes_WithDifferentAudiences_EachAcceptsItsOwn()
    {
        await using var api = await StartAsync(options =>
        {
            options.TokenValidationParameters.CryptoProviderFactory = _crypto;
            options.TokenValidationParameters.ValidAudience = "https://other.test";
        });
        var token = Api.Issuer.BoundTo(Api.A);
        var others = Api.Issuer.BoundTo(Api.A, claims => claims["aud"] = "https://other.test");

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(200, (await api.GetAsync("/", token, Api.A)).Status);
            (await api.GetAsync("/other", token, Api.A)).IsUnauthorized();
            Assert.Equal(200, (await api.GetAsync("/other", others, Api.A)).Status);
            (await api.GetAsync("/", others, Api.A)).IsUnauthorized();
        }

        // Two tokens in two schemes, though all have the same key.
        Assert.Equal(4, _crypto.Verifications);
    }

    [Fact]
    public async Task Schemes_OneBelievesEverySignature_TheOtherDoesNot()
    {
        await using var api = await StartAsync(options => options.TokenValidationParameters.CryptoProviderFactory = new Credulous());
        var forged = Caching.Tampered(Api.Issuer.BoundTo(Api.A));

        Assert.Equal(200, (await api.GetAsync("/other", forged, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync("/other", forged, Api.A)).Status);

        (await api.GetAsync("/", forged, Api.A)).IsUnauthorized();
    }

    private Task<Api> StartAsync(Action<JwtBearerOptions> other)
    {
        // The same object, so that only the scheme tells them apart.
        var key = Api.Issuer.Key.PublicSecurityKey();
        return Api.StartAsync(
            [
                Caching.Guarded(_crypto, UseKey),
                builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("other", options =>
                {
                    Api.Issuer.Configure(options);
                    UseKey(options);
                    other(options);
                }),
                Caching.Remembering(content),
            ],
            (api, app) =>
            {
                api.Map(app, "/").RequireAuthorization(Only("Bearer"));
                api.Map(app, "/other").RequireAuthorization(Only("other"));
            });

        void UseKey(JwtBearerOptions options)
        {
            options.Configuration!.SigningKeys.Clear();
            options.Configuration.SigningKeys.Add(key);
        }
    }

    private static AuthorizationPolicy Only(string scheme) => new AuthorizationPolicyBuilder(scheme).RequireAuthenticatedUser().Build();

    private sealed class Credulous : CryptoProviderFactory
    {
        public override SignatureProvider CreateForVerifying(SecurityKey key, string algorithm) => new Yes(key, algorithm);

        public override void ReleaseSignatureProvider(SignatureProvider signatureProvider)
        {
        }

        private sealed class Yes(SecurityKey key, string algorithm) : SignatureProvider(key, algorithm)
        {
            public override byte[] Sign(byte[] input) => throw new NotSupportedException();

            public override bool Verify(byte[] input, byte[] signature) => true;

            public override bool Verify(byte[] input, int inputOffset, int inputLength, byte[] signature, int signatureOffset, int signatureLength) => true;

            protected override void Dispose(bool disposing)
            {
            }
        }
    }
}

public sealed class CacheAndSchemesOfSignaturesTests() : CacheAndSchemesTests(ValidatedTokenCacheContent.Signatures);

public sealed class CacheAndSchemesOfIdentitiesTests() : CacheAndSchemesTests(ValidatedTokenCacheContent.Identities);
