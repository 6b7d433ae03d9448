using System.Security.Cryptography;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

/// <summary>Validly signed tokens, bound to the certificate that is presented: only the header can be wrong.</summary>
public sealed class JwtHeaderRulesTests
{
    /// <summary>The algorithm, the key it is for, and whether the validator knows the key as a JSON web key.</summary>
    public static MatrixTheoryData<string, bool> Fitting { get; } = new(
        ["ES256 P-256", "ES384 P-384", "ES512 P-521", "RS256 RSA", "PS256 RSA", "RS512 RSA"], [false, true]);

    public static MatrixTheoryData<string, bool> Unfitting { get; } = new(
        ["ES256 P-384", "ES256 P-521", "ES384 P-256", "ES384 P-521", "ES512 P-256", "ES512 P-384"], [false, true]);

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task Algorithm_OfTheKey_IsAccepted(string pair, bool asJwk)
    {
        using var signer = new Signer(pair, asJwk);
        await using var api = await Api.StartAsync(Api.Guarded(signer.Configure));

        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(signer.Sign(), Api.A)).Status);
        Assert.Equal("alice", Assert.Single(api.Visits).Subject);
    }

    [Theory]
    [MemberData(nameof(Unfitting))]
    public async Task Algorithm_OfAnotherCurve_IsRefused(string pair, bool asJwk)
    {
        using var signer = new Signer(pair, asJwk);
        await using var api = await Api.StartAsync(Api.Guarded(signer.Configure));

        (await api.GetAsync(signer.Sign(), Api.A)).IsUnauthorized();
        AssertRefusedForItsHeader(api);
    }

    [Theory]
    [InlineData("""["exp"]""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"b64\"")]
    public async Task Critical_WhateverItSays_IsRefused(string critical)
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        string With(string name) => Api.Issuer.SignRaw(
            $"{JwtTamper.TextOf(Api.Issuer.Header())[..^1]},\"{name}\":{critical}}}", JwtTamper.TextOf(Bound()));

        (await api.GetAsync(With("crit"), Api.A)).IsUnauthorized();
        AssertRefusedForItsHeader(api);
        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(With("other"), Api.A)).Status);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Critical_InsideOrOutsideAnEncryptedToken_IsRefused(bool inside, bool outside)
    {
        using var encryption = new TestEncryptionKey();
        await using var api = await Api.StartAsync(Api.Guarded(options => options.TokenValidationParameters.TokenDecryptionKey = encryption.PrivateSecurityKey()));
        var signed = Api.Issuer.Issue(
            claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(Api.A), header => header[inside ? "crit" : "other"] = new System.Text.Json.Nodes.JsonArray("exp"));
        var token = encryption.Encrypt(signed, header => header[outside ? "crit" : "other"] = new System.Text.Json.Nodes.JsonArray("exp"));

        var answer = await api.GetAsync(token, Api.A);

        if (inside || outside)
        {
            answer.IsUnauthorized();
            AssertRefusedForItsHeader(api);
        }
        else
        {
            Assert.Equal(StatusCodes.Status200OK, answer.Status);
        }
    }

    private static void AssertRefusedForItsHeader(Api api)
    {
        Assert.Empty(api.Visits);
        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, nameof(BindingFailure.TokenHeaderUnacceptable)));
    }

    private static System.Text.Json.Nodes.JsonObject Bound()
    {
        var claims = Api.Issuer.Claims();
        claims["cnf"] = TestTokenIssuer.ConfirmationOf(Api.A);
        return claims;
    }

    private sealed class Signer : IDisposable
    {
        private readonly AsymmetricAlgorithm _key;
        private readonly string _algorithm;
        private readonly bool _asJwk;

        internal Signer(string pair, bool asJwk)
        {
            var parts = pair.Split(' ');
            _algorithm = parts[0];
            _asJwk = asJwk;
            _key = parts[1] switch
            {
                "P-256" => ECDsa.Create(ECCurve.NamedCurves.nistP256),
                "P-384" => ECDsa.Create(ECCurve.NamedCurves.nistP384),
                "P-521" => ECDsa.Create(ECCurve.NamedCurves.nistP521),
                _ => RSA.Create(2048),
            };
        }

        internal void Configure(JwtBearerOptions options)
        {
            options.Configuration!.SigningKeys.Clear();
            options.Configuration.SigningKeys.Add(_asJwk ? AsJwk() : Key());
        }

        internal string Sign() => new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            JwtTamper.TextOf(Bound()), new SigningCredentials(Key(), _algorithm), new Dictionary<string, object> { ["typ"] = "at+jwt" });

        public void Dispose() => _key.Dispose();

        private AsymmetricSecurityKey Key() => _key is ECDsa curve ? new ECDsaSecurityKey(curve) { KeyId = "k" } : new RsaSecurityKey((RSA)_key) { KeyId = "k" };

        private JsonWebKey AsJwk() => _key is ECDsa
            ? JsonWebKeyConverter.ConvertFromECDsaSecurityKey((ECDsaSecurityKey)Key())
            : JsonWebKeyConverter.ConvertFromRSASecurityKey((RsaSecurityKey)Key());
    }
}
