using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

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
            signatures.Verify(SignatureDigest.Of(number, "ES256", "signed"u8, "signature"u8), static () => true);
        }

        var each = (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / entries;
        Assert.Equal((long)entries * SignatureCache.EntryBytes, signatures.Bytes);
        Assert.InRange(each, SignatureCache.EntryBytes / 2, SignatureCache.EntryBytes);
    }
}
