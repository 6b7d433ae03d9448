using System.Reflection;
using System.Security.Claims;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Where identities are remembered, and where they must not be. What both contents of the cache have in common is tested in the abstract classes.</summary>
public sealed class IdentityCacheTests
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static readonly SecurityKey Key = Api.Issuer.Key.PublicSecurityKey();
    private static readonly string Token = Api.Issuer.BoundTo(Api.A);

    [Fact]
    public async Task Token_ComingAgain_IsAnsweredFromMemoryAndComparedEachTime()
    {
        await using var api = await StartAsync();

        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(0, api.IdentityHits());
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(1, api.IdentityHits());
        (await api.GetAsync(Token, Api.B)).IsUnauthorized();
        (await api.GetAsync(Token, null)).IsUnauthorized();
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
    }

    // Early rejection is what keeps a thief away from the cache elsewhere; here the decision after validation must do it alone.
    [Fact]
    public async Task Thief_WhoReachesTheMemory_IsComparedWithTheConfirmationOfTheEntry()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(null, options => options.ReportOnly("Bearer")), Caching.Remembering(ValidatedTokenCacheContent.Identities));
        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Token, Api.A);

        await api.GetAsync(Token, Api.B);

        Assert.Equal(2, api.IdentityHits());
        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, nameof(BindingFailure.CertificateMismatch)));
    }

    public static TheoryData<string, Action<JwtBearerOptions>> Obstacles { get; } = new()
    {
        { "LifetimeValidator", options => options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) => true },
        { "AudienceValidator", options => options.TokenValidationParameters.AudienceValidator = (_, _, _) => true },
        { "AlgorithmValidator", options => options.TokenValidationParameters.AlgorithmValidator = (_, _, _, _) => true },
        { "IssuerValidator", options => options.TokenValidationParameters.IssuerValidator = (issuer, _, _) => issuer },
        { "IssuerValidatorUsingConfiguration", options => options.TokenValidationParameters.IssuerValidatorUsingConfiguration = (issuer, _, _, _) => issuer },
        { "TypeValidator", options => options.TokenValidationParameters.TypeValidator = (type, _, _) => type },
        { "IssuerSigningKeyValidator", options => options.TokenValidationParameters.IssuerSigningKeyValidator = (_, _, _) => true },
        { "IssuerSigningKeyValidatorUsingConfiguration", options => options.TokenValidationParameters.IssuerSigningKeyValidatorUsingConfiguration = (_, _, _, _) => true },
        { "IssuerSigningKeyResolver", options => options.TokenValidationParameters.IssuerSigningKeyResolver = (_, _, _, _) => [Key] },
        { "IssuerSigningKeyResolverUsingConfiguration", options => options.TokenValidationParameters.IssuerSigningKeyResolverUsingConfiguration = (_, _, _, _, _) => [Key] },
        { "TokenReplayValidator", options => options.TokenValidationParameters.TokenReplayValidator = (_, _, _) => true },
        { "ValidateTokenReplay", options => options.TokenValidationParameters.ValidateTokenReplay = true },
        { "NameClaimTypeRetriever", options => options.TokenValidationParameters.NameClaimTypeRetriever = (_, _) => "sub" },
        { "RoleClaimTypeRetriever", options => options.TokenValidationParameters.RoleClaimTypeRetriever = (_, _) => "roles" },
        { "TokenReader", options => options.TokenValidationParameters.TokenReader = (token, _) => new JsonWebToken(token) },
        { "SaveSigninToken", options => options.TokenValidationParameters.SaveSigninToken = true },
        { "ValidateActor", options => options.TokenValidationParameters.ValidateActor = true },
        { "PropertyBag", options => options.TokenValidationParameters.PropertyBag = new Dictionary<string, object>() },
        { "token handler", options => options.TokenHandlers.Insert(0, new JsonWebTokenHandler()) },
        { "token handler", options => (options.TokenHandlers[0], options.MapInboundClaims) = (new OwnHandler(), false) },
        { "validation parameters", options => options.TokenValidationParameters = new OwnParameters(options.TokenValidationParameters) },
        { "neither a list nor an array", options => options.TokenValidationParameters.ValidAudiences = Lazily(TestTokenIssuer.DefaultAudience) },
    };

    [Theory]
    [MemberData(nameof(Obstacles), DisableDiscoveryEnumeration = true)]
    public async Task Scheme_WithCodeOfItsOwn_RemembersSignaturesAndSaysWhy(string obstacle, Action<JwtBearerOptions> configure)
    {
        await using var api = await StartAsync(configure);

        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        }

        Assert.Equal(0, api.IdentityHits());
        Assert.Equal(2, api.Hits());
        Assert.Contains(obstacle, Assert.Single(api.Logs.Records, log => log.EventId == 271).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_SaysWhatEachSchemeRemembers()
    {
        await using var plain = await StartAsync();
        await using var own = await StartAsync(options => options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) => true);
        await using var signatures = await Api.StartAsync(Api.Guarded(), Caching.Remembering(ValidatedTokenCacheContent.Signatures));

        Assert.Equal("guarded, remembers identities", await TreatmentAsync(plain));
        Assert.Equal("guarded, remembers signatures and not identities, because LifetimeValidator is set", await TreatmentAsync(own));
        Assert.Equal("guarded", await TreatmentAsync(signatures));

        static async Task<string> TreatmentAsync(Api api) =>
            Assert.Single((await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken)).Schemes, scheme => scheme.Name == "Bearer").Treatment;
    }

    // One setting of each kind, changed in the application's own object while requests come.
    public static TheoryData<string, Action<JwtBearerOptions>> Changes { get; } = new()
    {
        { "ValidAudience", options => options.TokenValidationParameters.ValidAudience = "https://other.test" },
        { "ValidIssuer", options => (options.TokenValidationParameters.ValidIssuer, options.Configuration!.Issuer) = ("https://other.test", "https://other.test") },
        { "ValidTypes", options => options.TokenValidationParameters.ValidTypes = ["other+jwt"] },
        { "ValidAlgorithms", options => options.TokenValidationParameters.ValidAlgorithms = ["PS512"] },
        { "a key of the configuration", options => options.Configuration!.SigningKeys.Clear() },
        { "LifetimeValidator", options => options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) => false },
        { "AudienceValidator", options => options.TokenValidationParameters.AudienceValidator = (_, _, _) => false },
        { "IssuerValidator", options => options.TokenValidationParameters.IssuerValidator = (_, _, _) => throw new SecurityTokenInvalidIssuerException() },
        { "TypeValidator", options => options.TokenValidationParameters.TypeValidator = (_, _, _) => throw new SecurityTokenInvalidTypeException() },
        { "AlgorithmValidator", options => options.TokenValidationParameters.AlgorithmValidator = (_, _, _, _) => false },
        { "IssuerSigningKeyValidator", options => options.TokenValidationParameters.IssuerSigningKeyValidator = (_, _, _) => false },
        { "TokenReplayValidator", options => (options.TokenValidationParameters.ValidateTokenReplay, options.TokenValidationParameters.TokenReplayValidator) = (true, (_, _, _) => false) },
        { "MaximumTokenSizeInBytes", options => options.TokenHandlers[0].MaximumTokenSizeInBytes = 10 },
        { "TokenHandlers", options => options.TokenHandlers.Clear() },
    };

    [Theory]
    [MemberData(nameof(Changes), DisableDiscoveryEnumeration = true)]
    public async Task Setting_ChangedByTheApplication_IsHeardAtOnce(string setting, Action<JwtBearerOptions> change)
    {
        await using var api = await StartAsync(options =>
        {
            options.TokenValidationParameters.ValidAudience = TestTokenIssuer.DefaultAudience;
            options.TokenValidationParameters.ValidIssuer = TestTokenIssuer.DefaultIssuer;
        });
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.True(api.IdentityHits() == 1, setting);

        change(api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer"));

        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
    }

    // They make nothing stricter, so that only the memory shows whether they were heard.
    public static TheoryData<string, Action<JwtBearerOptions>> ChangesOfMeaning { get; } = new()
    {
        { "a subclass with the same values", options => options.TokenValidationParameters = new OwnParameters(options.TokenValidationParameters) },
        { "IgnoreCaseWhenValidatingAudience", options => options.TokenValidationParameters.IgnoreCaseWhenValidatingAudience = true },
        { "TryReadJwtClaim", options => options.TokenValidationParameters.TryReadJwtClaim = (ref _, _, _, out value) =>
        {
            value = null;
            return false;
        } },
    };

    [Theory]
    [MemberData(nameof(ChangesOfMeaning), DisableDiscoveryEnumeration = true)]
    public async Task Setting_ThatIsNotCompared_EndsTheMemory(string setting, Action<JwtBearerOptions> change)
    {
        await using var api = await StartAsync();
        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Token, Api.A);
        Assert.True(api.IdentityHits() == 1, setting);

        change(api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer"));

        await api.GetAsync(Token, Api.A);
        Assert.Equal(1, api.IdentityHits());
    }

    [Fact]
    public async Task Cryptography_ThatNoLongerTakesTheAlgorithm_IsHeardAtOnce()
    {
        var crypto = new ChoosyCryptoProviderFactory();
        await using var api = await StartAsync(options => options.TokenValidationParameters.CryptoProviderFactory = crypto);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(1, api.IdentityHits());

        crypto.Takes = false;

        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
        crypto.Throws = true;
        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task ConfigurationManager_ThatThrows_IsAsWithoutTheCache()
    {
        foreach (var content in Enum.GetValues<ValidatedTokenCacheContent>())
        {
            await using var api = await Api.StartAsync(
                Api.Guarded(options =>
                {
                    (options.Configuration, options.ConfigurationManager) = (null, new ThrowingManager());
                    options.TokenValidationParameters.IssuerSigningKey = Key;
                    options.TokenValidationParameters.ValidIssuer = TestTokenIssuer.DefaultIssuer;
                }),
                Caching.Remembering(content));

            Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        }
    }

    [Fact]
    public async Task Options_Reloaded_TakeTheirEntriesWithThem()
    {
        await using var api = await StartAsync();
        await api.GetAsync(Token, Api.A);
        var cache = api.Application.Services.GetRequiredService<IdentityCache>();
        Assert.NotEqual(0, cache.Bytes);

        api.Application.Services.GetRequiredService<IOptionsMonitorCache<JwtBearerOptions>>().TryRemove("Bearer");
        await api.GetAsync(Caching.Tampered(Token), Api.A);

        await WaitUntilAsync(() => cache.Bytes == 0);
    }

    [Fact]
    public async Task Options_ReloadedWithoutTheirObstacle_AreRemembered()
    {
        var hasValidator = true;
        await using var api = await StartAsync(options =>
        {
            if (hasValidator)
            {
                options.TokenValidationParameters.LifetimeValidator = (_, _, _, _) => true;
            }
        });
        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Token, Api.A);
        Assert.Equal(0, api.IdentityHits());

        hasValidator = false;
        api.Application.Services.GetRequiredService<IOptionsMonitorCache<JwtBearerOptions>>().TryRemove("Bearer");
        await api.GetAsync(Token, Api.A);
        await api.GetAsync(Token, Api.A);

        Assert.Equal(1, api.IdentityHits());
    }

    [Fact]
    public async Task Issuer_ChangedInTheConfiguration_IsHeardAtOnce()
    {
        await using var api = await StartAsync(options => options.TokenValidationParameters.ValidIssuer = null);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(1, api.IdentityHits());

        api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer").Configuration!.Issuer = "https://other.test";

        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public void Settings_OfTheTokenLibrary_AreAllKnown()
    {
        var known = ValidationSettings.MustBeUnset.Concat(ValidationInputs.Compared).Concat(ValidationSettings.WithoutEffect).ToList();

        Assert.Equal(known.Order(), known.Distinct().Order());
        Assert.Empty(typeof(TokenValidationParameters).GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Select(setting => setting.Name).Except(known));
    }

    [Fact]
    public async Task Configuration_LastKnownGood_IsNotRememberedUnderTheCurrentOne()
    {
        using var next = TestSigningKey.ES256();
        var keys = new ChangingKeys(next.PublicSecurityKey())
        {
            UseLastKnownGoodConfiguration = true,
            LastKnownGoodConfiguration = WithKey(Api.Issuer.Key.PublicSecurityKey()),
        };
        await using var api = await StartAsync(options => (options.Configuration, options.ConfigurationManager) = (null, keys));

        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);

        Assert.Equal(0, api.IdentityHits());
    }

    [Fact]
    public async Task Lifetime_Over_TheEntryIsNotUsed()
    {
        // Within the skew now, and not any more in a moment: the library is asked, by its own clock.
        await using var api = await StartAsync(options => options.TokenValidationParameters.ClockSkew = TimeSpan.FromMinutes(10));
        var token = Api.Issuer.BoundTo(Api.A, claims => claims["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds());
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(1, api.IdentityHits());

        var entry = Caching.Entry(new ClaimsIdentity(), Key, Now.AddHours(-1), Now.AddMinutes(-1));

        Assert.False(entry.IsWithinLifetime(new TokenValidationParameters { ClockSkew = TimeSpan.Zero }));
        Assert.True(entry.IsWithinLifetime(new TokenValidationParameters { ClockSkew = TimeSpan.FromMinutes(2) }));
    }

    [Fact]
    public void Lifetime_NotBegun_TheEntryIsNotUsed()
    {
        var entry = Caching.Entry(new ClaimsIdentity(), Key, Now.AddMinutes(1), Now.AddMinutes(9));

        Assert.False(entry.IsWithinLifetime(new TokenValidationParameters { ClockSkew = TimeSpan.Zero }));
        Assert.True(entry.IsWithinLifetime(new TokenValidationParameters { ClockSkew = TimeSpan.FromMinutes(2) }));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(-60, true)]
    public async Task Entry_OutsideItsLifetime_IsNotRecalled(int minutesUntilItBegins, bool isRecalled)
    {
        await using var api = await StartAsync();
        var options = api.Application.Services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get("Bearer");
        var identities = api.Application.Services.GetRequiredService<ValidatedIdentities>();
        var generation = identities.GenerationOf("Bearer", options)!;
        var entry = Caching.Entry(new ClaimsIdentity(), options.Configuration!.SigningKeys.First(), Now.AddMinutes(minutesUntilItBegins), Now.AddHours(2));
        api.Application.Services.GetRequiredService<IdentityCache>().Set(CacheDigest.OfToken(generation.Number, Token), entry, CancellationToken.None);

        Assert.Equal(isRecalled, identities.Recall(Token.AsMemory(), generation, options).Remembered is not null);
    }

    [Fact]
    public async Task Event_ThatTurnsItsOwnFailureIntoSuccess_IsRefusedOnAHitToo()
    {
        var throws = false;
        await using var api = await StartAsync(options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = _ => throws ? throw new InvalidOperationException("no database") : Task.CompletedTask,
            OnAuthenticationFailed = context =>
            {
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity("own"));
                context.Success();
                return Task.CompletedTask;
            },
        });
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);

        throws = true;

        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
    }

    [Fact]
    public async Task Requests_WritingIntoEverythingReachable_LeaveNoTrace()
    {
        var seen = new List<string>();
        await using var api = await Api.StartAsync(
            [Api.Guarded(options => (options.SaveToken, options.Events) = (true, new JwtBearerEvents { OnTokenValidated = Write })), Caching.Remembering(ValidatedTokenCacheContent.Identities)],
            (api, app) => app.Map("/", async context =>
            {
                var ticket = (await context.AuthenticateAsync()).Ticket!;
                var identity = (CaseSensitiveClaimsIdentity)ticket.Principal.Identity!;
                foreach (var claim in identity.Claims.ToList())
                {
                    claim.Properties["planted"] = "x";
                }

                identity.Actor = new ClaimsIdentity([new Claim("planted", "x")]);
                identity.BootstrapContext = "planted";
                identity.Label = "planted";
                identity.AddClaim(new Claim("planted", "x"));
                identity.RemoveClaim(identity.FindFirst("sub") ?? identity.FindFirst(ClaimTypes.NameIdentifier));
                ticket.Principal.AddIdentity(new ClaimsIdentity([new Claim("planted", "x")]));
                ticket.Properties.Items["planted"] = "x";
                ticket.Properties.ExpiresUtc = DateTimeOffset.MaxValue;
            }).RequireAuthorization());
        var token = Api.Issuer.BoundTo(Api.A, claims => claims["nested"] = new JsonObject { ["a"] = new JsonArray(1, 2) });

        for (var time = 0; time < 4; time++)
        {
            await api.GetAsync(token, Api.A);
        }

        Assert.Equal(3, api.IdentityHits());
        Assert.Equal(4, seen.Count);
        Assert.DoesNotContain("planted", seen[3], StringComparison.Ordinal);
        Assert.Single(seen.Distinct());

        Task Write(TokenValidatedContext context)
        {
            var identity = (CaseSensitiveClaimsIdentity)context.Principal!.Identity!;
            var jwt = (JsonWebToken)context.SecurityToken;
            seen.Add(string.Join('\n', [
                .. identity.Claims.Select(claim => $"{claim.Type} {claim.Value} {claim.ValueType} {string.Join(',', claim.Properties)} {claim.Subject == identity}"),
                $"{identity.Actor} {identity.Label} {identity.BootstrapContext} {context.Principal.Identities.Count()}",
                string.Join(',', context.Properties.Items.Select(item => $"{item.Key} {item.Value}")),
                $"{jwt.EncodedToken} {jwt.SigningKey?.KeyId} {string.Join(',', jwt.Claims.SelectMany(claim => claim.Properties.Keys))}",
            ]));
            foreach (var claim in jwt.Claims)
            {
                claim.Properties["planted"] = "x";
            }

            jwt.SigningKey = null;
            identity.Label = "planted";
            context.Properties.Items["planted"] = "x";
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Event_ThatFails_FailsAHitToo()
    {
        var fails = false;
        await using var api = await StartAsync(options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                if (fails)
                {
                    context.Fail("revoked");
                }

                return Task.CompletedTask;
            },
        });
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);

        fails = true;

        (await api.GetAsync(Token, Api.A)).IsUnauthorized();
        Assert.Equal(2, api.IdentityHits());
    }

    [Fact]
    public async Task Event_ThatAnswersItself_IsStillCompared()
    {
        await using var api = await StartAsync(options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim("name", "x")], "own"));
                context.Success();
                return Task.CompletedTask;
            },
        });
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);

        (await api.GetAsync(Token, Api.B)).IsUnauthorized();
    }

    [Fact]
    public async Task Event_ThatThrows_IsARefusalByTheApplicationOnAHitToo()
    {
        var throws = false;
        await using var api = await StartAsync(options => options.Events = new JwtBearerEvents
        {
            OnTokenValidated = _ => throws ? throw new InvalidOperationException("no database") : Task.CompletedTask,
            OnAuthenticationFailed = context =>
            {
                context.NoResult();
                return Task.CompletedTask;
            },
        });
        Assert.Equal(200, (await api.GetAsync(Token, Api.A)).Status);

        throws = true;

        Assert.Equal(401, (await api.GetAsync(Token, Api.A)).Status);
    }

    [Fact]
    public async Task Keys_FetchedAnew_TakeTheirEntriesWithThem()
    {
        var keys = new ChangingKeys(Api.Issuer.Key.PublicSecurityKey());
        await using var api = await StartAsync(options => (options.Configuration, options.ConfigurationManager) = (null, keys));
        await api.GetAsync(Token, Api.A);
        var cache = api.Application.Services.GetRequiredService<IdentityCache>();
        Assert.NotEqual(0, cache.Bytes);

        keys.Publish();
        await api.GetAsync(Token, Api.A);

        Assert.Null(cache.Find(default));
        await WaitUntilAsync(() => cache.Bytes == 0);
    }

    [Fact]
    public async Task Failure_IsNotRemembered()
    {
        await using var api = await StartAsync();
        for (var time = 0; time < 3; time++)
        {
            (await api.GetAsync(Caching.Tampered(Token), Api.A)).IsUnauthorized();
        }

        Assert.Equal(0, api.Application.Services.GetRequiredService<IdentityCache>().Bytes);
    }

    [Fact]
    public async Task Memory_IsBounded()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(),
            builder => builder.Services.AddValidatedTokenCache(options => (options.Remember, options.MaxBytes) = (ValidatedTokenCacheContent.Identities, 64 * 1024)));
        for (var number = 0; number < 100; number++)
        {
            Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => claims["jti"] = $"{number}"), Api.A)).Status);
        }

        Assert.InRange(api.Application.Services.GetRequiredService<IdentityCache>().Bytes, 1, 48 * 1024);
    }

    private static OpenIdConnectConfiguration WithKey(SecurityKey key)
    {
        var configuration = new OpenIdConnectConfiguration { Issuer = TestTokenIssuer.DefaultIssuer };
        configuration.SigningKeys.Add(key);
        return configuration;
    }

    private static IEnumerable<string> Lazily(string value)
    {
        yield return value;
    }

    private static async Task WaitUntilAsync(Func<bool> holds)
    {
        // The cache lets go of entries in the background.
        for (var attempt = 0; attempt < 500 && !holds(); attempt++)
        {
            await Task.Delay(10);
        }

        Assert.True(holds());
    }

    private static Task<Api> StartAsync(Action<JwtBearerOptions>? jwt = null) =>
        Api.StartAsync(Api.Guarded(jwt), Caching.Remembering(ValidatedTokenCacheContent.Identities));

    private sealed class OwnHandler : JsonWebTokenHandler;

    private sealed class ChoosyCryptoProviderFactory : CryptoProviderFactory
    {
        internal bool Takes { get; set; } = true;

        internal bool Throws { get; set; }

        public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key) =>
            Throws ? throw new InvalidOperationException("no token") : Takes && base.IsSupportedAlgorithm(algorithm, key);
    }

    private sealed class ThrowingManager : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>
    {
        public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => throw new InvalidOperationException("no server");

        public override Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => throw new InvalidOperationException("no server");

        public override void RequestRefresh()
        {
        }
    }

    private sealed class OwnParameters(TokenValidationParameters other) : TokenValidationParameters(other)
    {
        public override TokenValidationParameters Clone() => new OwnParameters(this);
    }
}
