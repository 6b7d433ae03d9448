using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What is no longer valid is refused as soon as it would be without the cache: tokens, keys, options.</summary>
public abstract class CacheAndValidityTests(ValidatedTokenCacheContent content)
{
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Fact]
    [Requirement("AC-119")]
    public async Task Lifetime_Over_IsRefusedWithARememberedSignature()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        using var issuer = new TestTokenIssuer(TestSigningKey.ES256(), clock);
        await using var api = await StartAsync(_crypto, issuer.Configure);
        var token = issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        clock.Advance(TimeSpan.FromSeconds(2));
        (await api.GetAsync(token, Api.A)).IsUnauthorized();
        (await api.GetAsync(token, Api.A)).IsUnauthorized();

        // AC-119: a clock that is put back is believed, as without the cache.
        clock.AdjustTime(clock.GetUtcNow() - TimeSpan.FromSeconds(100));
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Lifetime_OfTheApplication_IsAskedOnEachHit()
    {
        var asked = 0;
        var isOver = false;
        await using var api = await StartAsync(_crypto, options => options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) =>
        {
            asked++;
            return !isOver;
        });
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        isOver = true;
        (await api.GetAsync(token, Api.A)).IsUnauthorized();

        Assert.Equal((3, 1), (asked, _crypto.Verifications));
    }

    [Fact]
    public async Task Validators_OfTheApplication_RunOnEachHit()
    {
        var ran = new List<string>();
        await using var api = await StartAsync(_crypto, options =>
        {
            var parameters = options.TokenValidationParameters;
            parameters.AudienceValidator = (_, _, _) => Ran("audience");
            parameters.AlgorithmValidator = (_, _, _, _) => Ran("algorithm");
            parameters.TypeValidator = (type, _, _) => Ran("type") ? type : null;
            parameters.IssuerValidator = (issuer, _, _) => Ran("issuer") ? issuer : null;
            parameters.IssuerSigningKeyValidator = (_, _, _) => Ran("key");
            parameters.ValidateIssuerSigningKey = true;
            parameters.TokenReplayValidator = (_, _, _) => Ran("replay");
            parameters.ValidateTokenReplay = true;
        });
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        var first = ran.ToArray();
        ran.Clear();
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        Assert.Equal(6, first.Length);
        Assert.Equal(first, ran);
        Assert.Equal(1, _crypto.Verifications);

        bool Ran(string name)
        {
            ran.Add(name);
            return true;
        }
    }

    [Fact]
    public async Task Replay_ForbiddenByTheApplication_IsStillFound()
    {
        await using var api = await StartAsync(_crypto, options =>
        {
            options.TokenValidationParameters.ValidateTokenReplay = true;
            options.TokenValidationParameters.TokenReplayCache = new OnlyOnce();
        });
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Keys_FetchedAnew_AreUsedAnew()
    {
        var keys = new ChangingKeys(Api.Issuer.Key.PublicSecurityKey());
        await using var api = await StartAsync(_crypto, Fetch(keys));
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        keys.Publish(Api.Issuer.Key.PublicSecurityKey());

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(2, _crypto.Verifications);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Key_Withdrawn_ItsTokensAreRefusedAtOnce(bool plainConfigurationManager)
    {
        using var next = TestSigningKey.ES256();
        var old = Api.Issuer.Key.PublicSecurityKey();
        var keys = new ChangingKeys(old);
        await using var api = await StartAsync(_crypto, Fetch(keys, plainConfigurationManager));
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        keys.Publish(next.PublicSecurityKey());
        (await api.GetAsync(token, Api.A)).IsUnauthorized();
        keys.Publish();
        (await api.GetAsync(token, Api.A)).IsUnauthorized();

        keys.Publish(next.PublicSecurityKey(), old);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
    }

    [Fact]
    public async Task Key_ReplacedByAnotherOfTheSameName_ItsTokensAreRefused()
    {
        using var other = TestSigningKey.ES256();
        var jwk = other.PublicJwk();
        jwk["kid"] = Api.Issuer.Key.KeyId;
        var keys = new ChangingKeys(Api.Issuer.Key.PublicSecurityKey());
        await using var api = await StartAsync(_crypto, Fetch(keys));
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        keys.Publish(new JsonWebKey(jwk.ToJsonString()));

        (await api.GetAsync(token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Key_TakenOutOfTheParametersByTheApplication_ItsTokensAreRefused()
    {
        var key = Api.Issuer.Key.PublicSecurityKey();
        TokenValidationParameters? parameters = null;
        await using var api = await StartAsync(_crypto, options =>
        {
            options.Configuration = null;
            options.ConfigurationManager = null;
            parameters = options.TokenValidationParameters;
            parameters.IssuerSigningKey = key;
        });
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        parameters!.IssuerSigningKey = null;

        (await api.GetAsync(token, Api.A)).IsUnauthorized();
        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Key_NoLongerAcceptedByTheApplication_ItsTokensAreRefused()
    {
        var isGood = true;
        await using var api = await StartAsync(_crypto, options =>
        {
            options.TokenValidationParameters.ValidateIssuerSigningKey = true;
            options.TokenValidationParameters.IssuerSigningKeyValidator = (_, _, _) => isGood;
        });
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        isGood = false;

        (await api.GetAsync(token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Options_Reloaded_AreInForceForRememberedTokens()
    {
        var audience = TestTokenIssuer.DefaultAudience;
        var reload = new Reload();
        await using var api = await Api.StartAsync(
            Caching.Guarded(_crypto, options => options.TokenValidationParameters.ValidAudience = audience),
            Caching.Remembering(content),
            builder => builder.Services.AddSingleton<IOptionsChangeTokenSource<JwtBearerOptions>>(reload));
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        reload.Now();
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(2, _crypto.Verifications);

        audience = "https://other.test";
        reload.Now();
        (await api.GetAsync(token, Api.A)).IsUnauthorized();
    }

    // Without a limit, each reload would put one more layer around the application's cryptography.
    [Fact]
    public async Task Options_ReloadedWithTheSameParameters_AreWrappedOnce()
    {
        var parameters = new TokenValidationParameters { CryptoProviderFactory = _crypto };
        var reload = new Reload();
        await using var api = await Api.StartAsync(
            Api.Guarded(options =>
            {
                options.TokenValidationParameters = parameters;
                Api.Issuer.Configure(options);
            }),
            Caching.Remembering(content),
            builder => builder.Services.AddSingleton<IOptionsChangeTokenSource<JwtBearerOptions>>(reload));
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
            reload.Now();
        }

        Assert.Equal(3, _crypto.Verifications);
        Assert.Equal(3 * SignatureCache.EntryBytes, api.Remembered());
    }

    private static Action<JwtBearerOptions> Fetch(ChangingKeys keys, bool plainConfigurationManager = false) => options =>
    {
        options.Configuration = null;
        options.ConfigurationManager = plainConfigurationManager ? new Plain(keys) : keys;
    };

    private sealed class Plain(ChangingKeys keys)
        : Microsoft.IdentityModel.Protocols.IConfigurationManager<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration>
    {
        public Task<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
            keys.GetConfigurationAsync(cancel);

        public void RequestRefresh()
        {
        }
    }

    private sealed class OnlyOnce : ITokenReplayCache
    {
        private readonly HashSet<string> _seen = [];

        public bool TryAdd(string securityToken, DateTime expiresOn) => _seen.Add(securityToken);

        public bool TryFind(string securityToken) => _seen.Contains(securityToken);
    }

    private sealed class Reload : IOptionsChangeTokenSource<JwtBearerOptions>
    {
        private ConfigurationReloadToken _current = new();

        public string Name => "Bearer";

        public IChangeToken GetChangeToken() => _current;

        internal void Now() => Interlocked.Exchange(ref _current, new ConfigurationReloadToken()).OnReload();
    }

    private Task<Api> StartAsync(CountingCryptoProviderFactory crypto, Action<JwtBearerOptions>? jwt = null) =>
        Api.StartAsync(Caching.Guarded(crypto, jwt), Caching.Remembering(content));
}

public sealed class CacheAndValidityOfSignaturesTests() : CacheAndValidityTests(ValidatedTokenCacheContent.Signatures);

public sealed class CacheAndValidityOfIdentitiesTests() : CacheAndValidityTests(ValidatedTokenCacheContent.Identities);
