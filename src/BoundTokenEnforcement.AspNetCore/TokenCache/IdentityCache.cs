using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BoundTokenEnforcement;

/// <summary>Remembers identities of validated tokens, each as long as what it was validated against stays as it is. Bounded in bytes; an entry leaves when its token expires.</summary>
internal sealed class IdentityCache : IDisposable
{
    // The rest is for signatures: see ValidatedTokenCacheOptions.MaxBytes.
    private const int Share = 3;
    private const int Shares = 4;

    private readonly MemoryCache? _identities;
    private readonly Counter<long> _hits;

    public IdentityCache(IOptions<ValidatedTokenCacheOptions> options, IMeterFactory meters)
    {
        var meter = meters.Create(BoundTokenTelemetry.MeterName);
        _hits = meter.CreateCounter<long>(
            ValidatedTokenCacheTelemetry.IdentityHitsCounterName, unit: "{token}", description: "Tokens whose identity was remembered.");
        if (options.Value.Remember == ValidatedTokenCacheContent.Identities)
        {
            _identities = new MemoryCache(new MemoryCacheOptions { SizeLimit = options.Value.MaxBytes / Shares * Share, TrackStatistics = true });
            meter.CreateObservableUpDownCounter(
                ValidatedTokenCacheTelemetry.IdentityBytesCounterName, () => Bytes, unit: "By", description: "What the remembered identities take.");
        }
    }

    /// <summary>Whether identities are to be remembered at all.</summary>
    internal bool IsOn => _identities is not null;

    /// <summary>What the remembered identities take.</summary>
    internal long Bytes => _identities?.GetCurrentStatistics()?.CurrentEstimatedSize ?? 0;

    /// <summary>The room that is left for signatures.</summary>
    internal static long BytesForSignatures(ValidatedTokenCacheOptions options) =>
        options.Remember == ValidatedTokenCacheContent.Identities ? options.MaxBytes / Shares : options.MaxBytes;

    internal RememberedIdentity? Find(CacheDigest token) => _identities?.Get<RememberedIdentity>(token);

    internal void Hit() => Observers.Notify(_hits, static counter => counter.Add(1));

    /// <summary>Remembers one.</summary>
    /// <param name="token">Under which digest.</param>
    /// <param name="identity">What was found out about the token.</param>
    /// <param name="outdated">Removes it when it is no longer true.</param>
    internal void Set(CacheDigest token, RememberedIdentity identity, CancellationToken outdated)
    {
        if (_identities is not { } identities || outdated.IsCancellationRequested)
        {
            return;
        }

        var entry = new MemoryCacheEntryOptions { Size = identity.Bytes, AbsoluteExpiration = new DateTimeOffset(identity.Expires, TimeSpan.Zero) };
        identities.Set(token, identity, entry.AddExpirationToken(new CancellationChangeToken(outdated)));
    }

    public void Dispose() => _identities?.Dispose();
}
