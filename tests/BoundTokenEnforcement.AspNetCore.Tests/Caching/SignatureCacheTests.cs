using System.Buffers.Binary;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The memory itself.</summary>
public sealed class SignatureCacheTests
{
    private const int Room = 256;

    [Fact]
    public void Digest_AnyPartAnother_IsAnother()
    {
        CacheDigest[] digests =
        [
            CacheDigest.Of(1, "ES256", "abc"u8, "def"u8),
            CacheDigest.Of(2, "ES256", "abc"u8, "def"u8),
            CacheDigest.Of(1, "ES384", "abc"u8, "def"u8),
            CacheDigest.Of(1, "ES256", "abd"u8, "def"u8),
            CacheDigest.Of(1, "ES256", "abc"u8, "deg"u8),
            // The same characters, divided in another way.
            CacheDigest.Of(1, "ES256", "abcd"u8, "ef"u8),
            CacheDigest.Of(1, "ES256", "ab"u8, "cdef"u8),
            CacheDigest.Of(1, "ES256", "abcdef"u8, ""u8),
            CacheDigest.Of(1, "ES25", "6abc"u8, "def"u8),
            default,
            CacheDigest.Of(1, "A", [0, 0], [0, 0, 7]),
            CacheDigest.Of(1, "A\u0002\0\0\0", [], [7]),
        ];

        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(digests[0], CacheDigest.Of(1, "ES256", "abc"u8, "def"u8));
    }

    // Part of it would do for all other tests, and would be weaker.
    [Fact]
    public void Digest_IsTheWholeSha256()
    {
        var digest = CacheDigest.Of(1, "A", "b"u8, "c"u8);

        Assert.Equal(
            SHA256.HashData([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, .. "A"u8, 1, 0, 0, 0, .. "bc"u8]),
            MemoryMarshal.AsBytes(new ReadOnlySpan<CacheDigest>(in digest)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    public void Digest_OfAnyLength_DependsOnTheLastByte(int length)
    {
        var signature = new byte[length + 1];
        var one = CacheDigest.Of(1, "RS256", signature, signature);
        signature[^1]++;

        Assert.NotEqual(one, CacheDigest.Of(1, "RS256", new byte[length + 1], signature));
    }

    [Fact]
    public void Verify_Good_IsRememberedAndBadIsNot()
    {
        using var signatures = Create();

        Assert.False(signatures.IsRemembered(Digest(1)));
        Assert.True(signatures.Verify(Digest(1), static () => true));
        Assert.False(signatures.Verify(Digest(2), static () => false));

        Assert.True(signatures.IsRemembered(Digest(1)));
        Assert.False(signatures.IsRemembered(Digest(2)));
        Assert.True(signatures.Verify(Digest(2), static () => true));
    }

    // Between the first look and the verification, somebody else may have been there.
    [Fact]
    public void Verify_RememberedMeanwhile_IsNotVerifiedAgain()
    {
        using var signatures = Create();
        signatures.Verify(Digest(1), static () => true);

        Assert.True(signatures.Verify(Digest(1), static () => throw new InvalidOperationException()));
    }

    [Fact]
    public void Verify_Throws_IsNotRemembered()
    {
        using var signatures = Create();

        Assert.Throws<InvalidTimeZoneException>(() => signatures.Verify(Digest(1), static () => throw new InvalidTimeZoneException()));

        Assert.False(signatures.IsRemembered(Digest(1)));
        Assert.True(signatures.Verify(Digest(1), static () => true));
    }

    [Fact]
    public void Flood_OfDistinctSignatures_NeverTakesMoreThanItMay()
    {
        using var signatures = Create();
        for (var number = 0; number < 40 * Room; number++)
        {
            Assert.True(signatures.Verify(Digest(number), static () => true));
            Assert.InRange(signatures.Bytes, 0, ValidatedTokenCacheOptions.LeastMaxBytes);
        }
    }

    // What does not fit is verified each time, and what does fit is not thrown out for it all at once.
    [Fact]
    public void WorkingSet_TwiceTheRoom_StillHits()
    {
        using var signatures = Create();
        var hits = 0;
        for (var number = 0; number < 40 * Room; number++)
        {
            if (signatures.IsRemembered(Digest(number % (2 * Room))))
            {
                hits++;
            }
            else
            {
                signatures.Verify(Digest(number % (2 * Room)), static () => true);
            }
        }

        Assert.InRange(hits, Room, int.MaxValue);
    }

    [Fact]
    public async Task Flood_OfValidTokens_NeverTakesMoreThanItMayAndIsCounted()
    {
        var crypto = new CountingCryptoProviderFactory();
        await using var api = await Api.StartAsync(
            Caching.Guarded(crypto),
            builder => builder.Services.AddValidatedTokenCache(options => options.MaxBytes = ValidatedTokenCacheOptions.LeastMaxBytes));
        for (var number = 0; number < 3 * Room; number++)
        {
            Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
            Assert.InRange(api.Remembered(), 0, ValidatedTokenCacheOptions.LeastMaxBytes);
        }

        api.Metrics.Observe();
        Assert.Equal(3 * Room, crypto.Verifications);
        Assert.InRange(Assert.Single(api.Metrics.Of(ValidatedTokenCacheTelemetry.EvictionsCounterName)).Value, 2 * Room, 3 * Room);
        Assert.InRange(Assert.Single(api.Metrics.Of(ValidatedTokenCacheTelemetry.BytesCounterName)).Value, 0, ValidatedTokenCacheOptions.LeastMaxBytes);
    }

    private static SignatureCache Create() => new(
        Options.Create(new ValidatedTokenCacheOptions { MaxBytes = ValidatedTokenCacheOptions.LeastMaxBytes }),
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private static CacheDigest Digest(int number)
    {
        var signature = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(signature, number);
        return CacheDigest.Of(1, "ES256", "signed"u8, signature);
    }
}
