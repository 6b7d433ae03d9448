using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.Configuration;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement;

/// <summary>
/// The keys of one authorization server: who fetches them, when, and how long they are good. One fetch at a time, whatever the number of requests. While there
/// are keys, no request waits; while there are none, all requests wait for the same fetch, for a limited time.
/// </summary>
internal sealed class SigningKeyConfigurationManager : BaseConfigurationManager, IConfigurationManager<OpenIdConnectConfiguration>
{
    // Each instance chooses its own moment, so that many that started together do not come back together.
    private const double RefreshSpread = 0.1;
    private const double RestSpread = 0.5;
    internal static readonly TimeSpan RestWithoutKeys = TimeSpan.FromSeconds(1);

    private static readonly IConfigurationRetriever<OpenIdConnectConfiguration> Reader = new OpenIdConnectConfigurationRetriever();
    private static readonly OpenIdConnectConfigurationValidator Validator = new();

    private readonly Lock _gate = new();
    private readonly IDocumentRetriever _documents;
    private readonly SigningKeyOptions _options;
    private readonly KeyTelemetry _telemetry;
    private readonly TimeProvider _clock;
    private readonly string _scheme;
    private volatile SigningKeySet? _keys;
    private Fetch? _fetch;
    private long? _failed;
    private TimeSpan _rest;
    private long? _requested;

    internal SigningKeyConfigurationManager(string scheme, string metadataAddress, IDocumentRetriever documents, SigningKeyOptions options, KeyTelemetry telemetry, TimeProvider clock)
    {
        _scheme = scheme;
        _documents = documents;
        _options = options;
        _telemetry = telemetry;
        _clock = clock;
        MetadataAddress = metadataAddress;

        // It would go on accepting keys for an hour after they were withdrawn. What it is for, errors in what is published, is caught before.
        UseLastKnownGoodConfiguration = false;
    }

    /// <summary>Ends with the fetch that is under way, if any is.</summary>
    internal Task Fetching
    {
        get
        {
            lock (_gate)
            {
                return _fetch?.End ?? Task.CompletedTask;
            }
        }
    }

    private bool AreUsable => _keys is { IsUsable: true };

    /// <exception cref="InvalidOperationException">There are no keys.</exception>
    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) => UsableKeys()?.Configuration ?? WaitAsync(cancel);

    public override Task<BaseConfiguration> GetBaseConfigurationAsync(CancellationToken cancel) => UsableKeys()?.BaseConfiguration ?? WaitForBaseAsync(cancel);

    /// <summary>The keys that may be used now; <see langword="null"/> if there are none. Starts a fetch if one is due, and does not wait.</summary>
    internal SigningKeySet? UsableKeys()
    {
        if (_keys is not { Age: var age } keys || age >= keys.Lifetime)
        {
            return null;
        }

        if (age >= keys.RefreshAfter)
        {
            Begin();
        }

        return keys;
    }

    /// <summary>Fetches, unless that was asked for within <see cref="BaseConfigurationManager.RefreshInterval"/> already. Does not wait.</summary>
    public override void RequestRefresh()
    {
        lock (_gate)
        {
            // Without keys they are fetched anyway.
            if (AreUsable && (_requested is not { } last || _clock.GetElapsedTime(last) >= RefreshInterval) && Begin() is not null)
            {
                _requested = _clock.GetTimestamp();
            }
        }
    }

    private async Task<BaseConfiguration> WaitForBaseAsync(CancellationToken cancel) => await WaitAsync(cancel).ConfigureAwait(false);

    private async Task<OpenIdConnectConfiguration> WaitAsync(CancellationToken cancel)
    {
        // A request that joins a slow fetch waits only for the remaining time, so that requests do not queue up.
        if (Begin() is { } fetch && _options.MaxWait - _clock.GetElapsedTime(fetch.Began) is var left && left > TimeSpan.Zero)
        {
            try
            {
                await fetch.End.WaitAsync(left, _clock, cancel).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
            }
        }

        return _keys is { IsUsable: true } keys ? await keys.Configuration.ConfigureAwait(false) : throw new InvalidOperationException("The signing keys cannot be had.");
    }

    /// <returns>The fetch that is under way; <see langword="null"/> while none is begun, because one failed just now.</returns>
    private Fetch? Begin()
    {
        lock (_gate)
        {
            if (_fetch is null && !Rests)
            {
                _fetch = new Fetch(Task.Run(FetchAsync), _clock.GetTimestamp());
            }

            return _fetch;
        }
    }

    // With keys there is no hurry.
    private bool Rests => _failed is { } failed && _clock.GetElapsedTime(failed) < (AreUsable ? RefreshInterval : _rest);

    private async Task FetchAsync()
    {
        OpenIdConnectConfiguration? fetched = null;
        Exception? fault = null;
        try
        {
            fetched = await ReadAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever went wrong, it was in vain: the handler may be the application's, and the answer anything.
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault = e;
        }

        lock (_gate)
        {
            _fetch = null;
            if (fetched is not null)
            {
                _failed = null;
                _keys = new SigningKeySet(fetched, _options.MaxAge, AutomaticRefreshInterval * (1 - (RefreshSpread * Random.Shared.NextDouble())), _clock);
            }
            else
            {
                _failed = _clock.GetTimestamp();
                _rest = RestWithoutKeys * (1 + (RestSpread * Random.Shared.NextDouble()));
            }
        }

        if (fault is null)
        {
            _telemetry.Fetched(_scheme, fetched!.SigningKeys.Count);
        }
        else
        {
            _telemetry.FetchFailed(_scheme, fault, AreUsable);
        }
    }

    private async Task<OpenIdConnectConfiguration> ReadAsync()
    {
        var configuration = await Reader.GetConfigurationAsync(MetadataAddress, _documents, CancellationToken.None).ConfigureAwait(false);
        return Validator.Validate(configuration) is { Succeeded: true } ? configuration : throw new InvalidConfigurationException("There is no usable key.");
    }

    private sealed record Fetch(Task End, long Began);
}
