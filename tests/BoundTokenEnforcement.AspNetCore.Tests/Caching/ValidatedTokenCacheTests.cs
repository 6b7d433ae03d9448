using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>A token that comes again costs no second verification, and nothing else changes.</summary>
public sealed class ValidatedTokenCacheTests
{
    private readonly CountingCryptoProviderFactory _crypto = new();

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 3)]
    public async Task Token_SeenBefore_IsVerifiedOnceOnlyWithTheCache(bool cached, int verifications)
    {
        await using var api = await Api.StartAsync(Caching.Guarded(_crypto), cached ? Caching.Cached : static _ => { });
        var token = Api.Issuer.BoundTo(Api.A);

        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        }

        Assert.Equal(verifications, _crypto.Verifications);
        Assert.All(api.Visits, visit => Assert.Equal(("alice", BindingOutcome.Verified), (visit.Subject, visit.Feature?.Outcome)));
    }

    [Fact]
    public async Task Token_OfAnRsaKey_IsVerifiedOnce()
    {
        using var issuer = new TestTokenIssuer(TestSigningKey.RS256());
        await using var api = await Caching.StartAsync(_crypto, issuer.Configure);
        var token = issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(Caching.Tampered(token), Api.A)).IsUnauthorized();

        Assert.Equal(2, _crypto.Verifications);
    }

    [Fact]
    public async Task Tokens_Different_AreVerifiedEach()
    {
        await using var api = await Caching.StartAsync(_crypto);

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);

        Assert.Equal(2, _crypto.Verifications);
        Assert.Equal(2 * SignatureCache.EntryBytes, api.Remembered());
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(0, 2, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    public async Task Order_OfTheCalls_MakesNoDifference(int first, int second, int third)
    {
        Action<WebApplicationBuilder>[] calls =
        [
            builder => builder.Services.AddAuthentication().AddJwtBearer(options =>
            {
                Api.Issuer.Configure(options);
                options.TokenValidationParameters.CryptoProviderFactory = _crypto;
            }),
            builder => builder.Services.AddBoundTokenEnforcement(),
            Caching.Cached,
        ];
        await using var api = await Api.StartAsync(calls[first], calls[second], calls[third], builder => builder.Services.AddAuthorization());
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        Assert.Equal(1, _crypto.Verifications);
    }

    [Fact]
    public async Task Signature_Another_IsVerifiedAndRefusedEachTime()
    {
        await using var api = await Caching.StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        for (var time = 0; time < 3; time++)
        {
            (await api.GetAsync(Caching.Tampered(token), Api.A)).IsUnauthorized();
        }

        Assert.Equal(4, _crypto.Verifications);
        Assert.Equal(SignatureCache.EntryBytes, api.Remembered());
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Single(api.Visits.Select(visit => visit.User.FindFirst("jti")?.Value).Distinct());
    }

    [Fact]
    public async Task Claims_OtherOnesUnderARememberedSignature_AreRefused()
    {
        await using var api = await Caching.StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);

        (await api.GetAsync(JwtTamper.WithPayload(token, claims => claims["sub"] = "admin"), Api.A)).IsUnauthorized();
        (await api.GetAsync(JwtTamper.WithPayload(token, claims => claims["exp"] = 4102444800), Api.A)).IsUnauthorized();
        (await api.GetAsync(JwtTamper.WithPayload(token, claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(Api.B)), Api.B)).IsUnauthorized();
        (await api.GetAsync(JwtTamper.WithHeader(token, header => header["x"] = 1), Api.A)).IsUnauthorized();

        Assert.Single(api.Visits);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
    }

    [Theory]
    [InlineData("aud")]
    [InlineData("iss")]
    [InlineData("exp")]
    public async Task Token_RefusedForSomethingElse_IsRefusedEachTime(string claim)
    {
        await using var api = await Caching.StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A, claims => claims[claim] = claim == "exp" ? 1 : "https://other.test");

        (await api.GetAsync(token, Api.A)).IsUnauthorized();
        (await api.GetAsync(token, Api.A)).IsUnauthorized();

        Assert.Empty(api.Visits);
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_EncryptedAndSeenBefore_ItsInnerSignatureIsRemembered(bool olderHandler)
    {
        using var key = new TestEncryptionKey();
        await using var api = await Caching.StartAsync(_crypto, options =>
        {
            options.TokenValidationParameters.TokenDecryptionKey = key.PrivateSecurityKey();
            options.TokenValidationParameters.ValidTypes = null;
            options.UseSecurityTokenValidators = olderHandler;
        });
        var token = key.Encrypt(Api.Issuer.BoundTo(Api.A), static _ => { });

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(token, Api.B)).IsUnauthorized();
        (await api.GetAsync(key.Encrypt(Caching.Tampered(Api.Issuer.BoundTo(Api.A)), static _ => { }), Api.A)).IsUnauthorized();

        // The stolen one is found out only after its validation, which is a hit too.
        Assert.Equal((2, 2), (_crypto.Verifications, api.Hits()));
    }

    [Fact]
    public async Task Token_ReadByTheOlderHandler_IsVerifiedOnce()
    {
        await using var api = await Caching.StartAsync(_crypto, options => options.UseSecurityTokenValidators = true);
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(Caching.Tampered(token), Api.A)).IsUnauthorized();

        Assert.Equal(2, _crypto.Verifications);
    }

    [Fact]
    public async Task SignatureValidator_OfTheApplication_RunsEachTimeAndItIsTold()
    {
        var validations = 0;
        await using var api = await Caching.StartAsync(_crypto, options => options.TokenValidationParameters.SignatureValidator = (token, _) =>
        {
            validations++;
            return new Microsoft.IdentityModel.JsonWebTokens.JsonWebToken(token);
        });
        var token = Api.Issuer.BoundTo(Api.A);

        await api.GetAsync(token, Api.A);
        await api.GetAsync(token, Api.A);

        Assert.Equal((2, 0L), (validations, api.Remembered()));
        Assert.Single(api.Logs.From(typeof(SignatureCachePostConfigureOptions).FullName!), log => log.EventId is { Id: 270, Name: "SignaturesNotRemembered" });
    }

    [Fact]
    public async Task Metrics_HitsMissesEvictionsBytes_AreMeasured()
    {
        await using var api = await Caching.StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);

        await api.GetAsync(token, Api.A);
        await api.GetAsync(token, Api.A);
        await api.GetAsync(token, Api.A);
        await api.GetAsync(Caching.Tampered(token), Api.A);
        api.Metrics.Observe();

        Assert.Equal((2, 2), (api.Hits(), api.Misses()));
        Assert.Equal(0, Assert.Single(api.Metrics.Of(ValidatedTokenCacheTelemetry.EvictionsCounterName)).Value);
        Assert.Equal(SignatureCache.EntryBytes, Assert.Single(api.Metrics.Of(ValidatedTokenCacheTelemetry.BytesCounterName)).Value);
        Assert.All(api.Metrics.Measurements.Where(measured => measured.Instrument.StartsWith("bound_token.cache", StringComparison.Ordinal)), measured => Assert.Empty(measured.Tags));
    }

    [Fact]
    public async Task Metrics_ListenerThrows_TokensAreJudgedAsBefore()
    {
        using var broken = new System.Diagnostics.Metrics.MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("bound_token.cache", StringComparison.Ordinal))
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        var heard = 0;
        await using var api = await Caching.StartAsync(_crypto);
        var factory = api.Application.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        broken.SetMeasurementEventCallback<long>((instrument, _, _, _) =>
        {
            // No other host that runs at the same time.
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                Interlocked.Increment(ref heard);
                throw new InvalidOperationException();
            }
        });
        broken.Start();
        var token = Api.Issuer.BoundTo(Api.A);

        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        Assert.Equal(200, (await api.GetAsync(token, Api.A)).Status);
        (await api.GetAsync(Caching.Tampered(token), Api.A)).IsUnauthorized();

        Assert.Equal(3, heard);
    }

    [Fact]
    public async Task Memory_OfTheCache_HoldsNoToken()
    {
        await using var api = await Caching.StartAsync(_crypto);
        var token = Api.Issuer.BoundTo(Api.A);

        await api.GetAsync(token, Api.A);
        await api.GetAsync(token, Api.A);

        Assert.Equal(
            ["_first", "_fourth", "_second", "_third"],
            typeof(CacheDigest).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic).Select(field => field.Name).Order());
        api.Logs.AssertContainsNone(token);
    }
}
