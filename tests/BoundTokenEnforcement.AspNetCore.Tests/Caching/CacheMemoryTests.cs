using System.Diagnostics.Metrics;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Alone, because the whole heap is measured.</summary>
[Collection(nameof(CacheMemoryTests))]
[CollectionDefinition(nameof(CacheMemoryTests), DisableParallelization = true)]
public sealed class CacheMemoryTests
{
    [Theory]
    [InlineData(100_000)]
    [InlineData(150_000)]
    [InlineData(200_000)]
    public void Entry_InMemory_TakesNoMoreThanIsSaid(int entries)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var signatures = new SignatureCache(
            Options.Create(new ValidatedTokenCacheOptions { MaxBytes = 300_000L * SignatureCache.EntryBytes }),
            services.GetRequiredService<IMeterFactory>());
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var number = 0L; number < entries; number++)
        {
            signatures.Verify(CacheDigest.Of(number, "ES256", "signed"u8, "signature"u8), static () => true);
        }

        var each = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / entries;
        Assert.Equal((long)entries * SignatureCache.EntryBytes, signatures.Bytes);
        Assert.InRange(each, SignatureCache.EntryBytes / 2, SignatureCache.EntryBytes);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(40)]
    public void Identity_InMemory_TakesNoMoreThanIsCounted(int claims)
    {
        const int Entries = 20_000;
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var cache = new IdentityCache(
            Options.Create(new ValidatedTokenCacheOptions { MaxBytes = 4L << 30, Remember = ValidatedTokenCacheContent.Identities }),
            services.GetRequiredService<IMeterFactory>());
        using var outdated = new CancellationTokenSource();
        var expires = TimeProvider.System.GetUtcNow().AddHours(1);
        var key = new SymmetricSecurityKey(new byte[32]);
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var number = 0; number < Entries; number++)
        {
            var identity = new CaseSensitiveClaimsIdentity(Enumerable.Range(0, claims).Select(claim => new Claim($"type-{claim}", $"value-{number}", $"valueType-{claim}")));
            cache.Set(CacheDigest.OfToken(1, $"{number}"), Caching.Entry(identity, key, expires.AddHours(-1), expires), outdated.Token);
        }

        var each = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Entries;
        var counted = (double)cache.Bytes / Entries;
        Assert.InRange(each, counted / 3, counted);
    }
}
