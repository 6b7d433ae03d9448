using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement;

/// <summary>
/// Remembers which signatures were found to be good. That stays true for ever, of exactly these bytes and this key. Everything else about a token, its
/// lifetime before all, is no business of this class.
/// </summary>
internal sealed class SignatureCache : IDisposable
{
    /// <summary>What one of them takes in memory, with everything that the cache puts around it; a test measures it.</summary>
    internal const int EntryBytes = 256;

    private static readonly object IsGood = new();
    private static readonly MemoryCacheEntryOptions Entry = new() { Size = EntryBytes };

    private readonly MemoryCache _good;
    private readonly ConcurrentDictionary<CacheDigest, Lazy<bool>> _running = new();
    private readonly ValidatedTokenCacheMetrics _metrics;
    private long _remembered;
    private long _keys;

    public SignatureCache(IOptions<ValidatedTokenCacheOptions> options, IMeterFactory meters)
    {
        _good = new MemoryCache(new MemoryCacheOptions
        {
            SizeLimit = IdentityCache.BytesForSignatures(options.Value),
            // Nothing expires here, so there is nothing to look for. A clock that jumps changes only who leaves first.
            ExpirationScanFrequency = TimeSpan.MaxValue,
        });
        _metrics = new ValidatedTokenCacheMetrics(meters, () => Bytes, () => Volatile.Read(ref _remembered) - _good.Count);
    }

    /// <summary>What the remembered signatures take.</summary>
    internal long Bytes => (long)_good.Count * EntryBytes;

    /// <summary>A number for a key that is seen for the first time. Numbers are never used again, so what is remembered goes with the key.</summary>
    internal long NumberOfNewKey() => Interlocked.Increment(ref _keys);

    internal bool IsRemembered(CacheDigest signature)
    {
        if (!_good.TryGetValue(signature, out _))
        {
            return false;
        }

        _metrics.Hit();
        return true;
    }

    /// <summary>
    /// Verifies a signature that is not remembered, and remembers it if it is good. Concurrent callers with the same signature share the
    /// answer, which arrives sooner than a verification of their own.
    /// </summary>
    /// <param name="signature">What is asked about.</param>
    /// <param name="verify">Finds out. What it throws is thrown to its own caller only.</param>
    internal bool Verify(CacheDigest signature, Func<bool> verify)
    {
        var own = new Lazy<bool>(() => VerifyAndRemember(signature, verify));
        var running = _running.GetOrAdd(signature, own);
        try
        {
            return running.Value;
        }
#pragma warning disable CA1031 // Another caller's verification threw.
        catch (Exception) when (!ReferenceEquals(running, own))
#pragma warning restore CA1031
        {
            return own.Value;
        }
        finally
        {
            _running.TryRemove(KeyValuePair.Create(signature, running));
        }
    }

    public void Dispose() => _good.Dispose();

    private bool VerifyAndRemember(CacheDigest signature, Func<bool> verify)
    {
        // Another request may have added it since the first lookup.
        if (IsRemembered(signature))
        {
            return true;
        }

        _metrics.Missed();
        if (!verify())
        {
            return false;
        }

        _good.Set(signature, IsGood, Entry);
        Interlocked.Increment(ref _remembered);
        return true;
    }
}
