using System.Diagnostics.Metrics;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What may be remembered of a validation, condition by condition. The twin of every row is the same validation without the change.</summary>
public sealed class TokenRecallTests : IDisposable
{
    private static readonly X509SecurityKey CertificateKey = new(TestCertificates.SelfSigned("authorization server"));

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly IdentityCache _cache;

    public TokenRecallTests() => _cache = new IdentityCache(
        Options.Create(new ValidatedTokenCacheOptions { Remember = ValidatedTokenCacheContent.Identities }), _services.GetRequiredService<IMeterFactory>());

    public static TheoryData<string, Action<Validation>> Changes { get; } = new()
    {
        { "another token was validated", validation => validation.LookedUp += "x" },
        { "the key is not among the current ones", validation => validation.Configuration.SigningKeys.Clear() },
        { "the issuer is not the current one", validation => validation.Configuration.Issuer = "https://other.test" },
        { "a setting was changed meanwhile", validation => validation.Options.TokenValidationParameters.ValidAudience = "https://other.test" },
        { "a validator was set meanwhile", validation => validation.Options.TokenValidationParameters.AudienceValidator = (_, _, _) => true },
        { "the key has a certificate, which can expire", validation => validation.ValidatesKeys(CertificateKey) },
        { "the identity has an actor", validation => validation.Identity.Actor = new ClaimsIdentity() },
        { "the identity has a bootstrap context", validation => validation.Identity.BootstrapContext = "token" },
        { "the identity is of another type", validation => validation.Principal = new ClaimsPrincipal(new ClaimsIdentity(validation.Identity)) },
        { "there are two identities", validation => validation.Principal.AddIdentity(new ClaimsIdentity()) },
        { "the principal is of another type", validation => validation.Principal = new OwnPrincipal(validation.Identity) },
        { "the token is of another type", validation => validation.Token = new OwnToken(validation.Token.EncodedToken) { SigningKey = validation.Token.SigningKey } },
        { "no key verified it", validation => validation.Token.SigningKey = null },
        { "it never expires", validation => validation.UseToken(claims => claims.Remove("exp")) },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public void Validation_ThatMayNotBeRepeated_IsNotRemembered(string what, Action<Validation> change)
    {
        Assert.NotNull(Remembered(static _ => { }));
        Assert.Null(Remembered(change));
        Assert.NotEmpty(what);
    }

    // The positive twin: such a key is remembered where its certificate is not looked at.
    [Fact]
    public void Key_WithACertificateThatNobodyLooksAt_IsRemembered() => Assert.NotNull(Remembered(static validation => validation.Uses(CertificateKey)));

    [Fact]
    public async Task EncryptedToken_IsNotRemembered()
    {
        using var encryption = new TestEncryptionKey();
        await using var api = await Api.StartAsync(
            Api.Guarded(options => options.TokenValidationParameters.TokenDecryptionKey = encryption.PrivateSecurityKey()),
            Caching.Remembering(ValidatedTokenCacheContent.Identities));
        var signed = Api.Issuer.BoundTo(Api.A);
        var encrypted = encryption.Encrypt(signed, static _ => { });

        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(200, (await api.GetAsync(encrypted, Api.A)).Status);
        }

        Assert.Equal(0, api.IdentityHits());
        Assert.Equal(200, (await api.GetAsync(signed, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(signed, Api.A)).Status);
        Assert.Equal(1, api.IdentityHits());
    }

    public void Dispose()
    {
        _cache.Dispose();
        _services.Dispose();
    }

    private RememberedIdentity? Remembered(Action<Validation> change)
    {
        var validation = new Validation();
        var inputs = ValidationInputs.TryRead(validation.Options, out var obstacle);
        Assert.Empty(obstacle);
        var generation = new ValidationGeneration(validation.Options, inputs, validation.Configuration);
        change(validation);

        // Some changes are settings from the beginning, and no change meanwhile.
        var digest = CacheDigest.OfToken(generation.Number, validation.LookedUp);
        new TokenRecall(_cache, validation.LookedUp.AsMemory(), digest, validation.GenerationOr(generation)).Remember(validation.ToContext());
        return _cache.Find(digest);
    }

    /// <summary>A validation that may be remembered.</summary>
    public sealed class Validation
    {
        private ValidationGeneration? _generation;

        internal Validation()
        {
            Configuration.SigningKeys.Add(Api.Issuer.Key.PublicSecurityKey());
            UseToken(static _ => { });
        }

        internal OpenIdConnectConfiguration Configuration { get; } = new() { Issuer = TestTokenIssuer.DefaultIssuer };

        internal JwtBearerOptions Options { get; } = new();

        internal JsonWebToken Token { get; set; } = null!;

        internal string LookedUp { get; set; } = null!;

        internal CaseSensitiveClaimsIdentity Identity { get; } = new([new Claim("sub", "alice")], "test");

        internal ClaimsPrincipal Principal { get => field ??= new ClaimsPrincipal(Identity); set; }

        internal void UseToken(Action<System.Text.Json.Nodes.JsonObject> claims)
        {
            LookedUp = Api.Issuer.BoundTo(Api.A, claims);
            Token = new JsonWebToken(LookedUp) { SigningKey = Configuration.SigningKeys.First() };
        }

        internal void Uses(SecurityKey key)
        {
            Configuration.SigningKeys.Add(key);
            Token.SigningKey = key;
        }

        internal void ValidatesKeys(SecurityKey key)
        {
            Uses(key);
            Options.TokenValidationParameters.ValidateIssuerSigningKey = true;
            _generation = new ValidationGeneration(Options, ValidationInputs.TryRead(Options, out _), Configuration);
        }

        internal ValidationGeneration GenerationOr(ValidationGeneration generation) => _generation ?? generation;

        internal TokenValidatedContext ToContext() => new(
            new DefaultHttpContext(), new AuthenticationScheme("Bearer", null, typeof(JwtBearerHandler)), Options)
        { Principal = Principal, SecurityToken = Token };
    }

    private sealed class OwnToken(string text) : JsonWebToken(text);

    private sealed class OwnPrincipal(ClaimsIdentity identity) : ClaimsPrincipal(identity);
}
