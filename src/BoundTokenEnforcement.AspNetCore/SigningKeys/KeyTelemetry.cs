using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement;

/// <summary>Counts and logs what becomes of the signing keys.</summary>
internal sealed class KeyTelemetry
{
    private readonly LogRateLimiter _limit;
    private readonly Counter<long> _notValidated;
    private readonly Counter<long> _fetches;
    private readonly ILogger<KeyTelemetry> _logger;

    public KeyTelemetry(IMeterFactory meters, TimeProvider clock, ILogger<KeyTelemetry> logger)
    {
        var meter = meters.Create(BoundTokenTelemetry.MeterName);
        _notValidated = meter.CreateCounter<long>(
            BoundTokenTelemetry.KeysUnavailableCounterName, unit: "{token}", description: "Access tokens that could not be validated because there were no signing keys.");
        _fetches = meter.CreateCounter<long>(
            BoundTokenTelemetry.KeyFetchesCounterName, unit: "{fetch}", description: "Fetches of signing keys, by whether they brought any.");
        _limit = new LogRateLimiter(clock);
        _logger = logger;
    }

    internal void TokenNotValidated(string scheme)
    {
        Observers.Notify((this, scheme), static told => told.Item1._notValidated.Add(1, new KeyValuePair<string, object?>(BoundTokenTelemetry.SchemeTag, told.scheme)));
        Observers.Notify((this, scheme), static told =>
        {
            if (told.Item1._limit.TryPass(out var suppressed))
            {
                told.Item1._logger.TokenWithoutKeys(told.scheme, suppressed);
            }
        });
    }

    internal void Fetched(string scheme, int count)
    {
        Observers.Notify(_logger, logger => logger.KeysFetched(scheme, count));
        CountFetch(scheme, succeeded: true);
    }

    internal void FetchFailed(string scheme, Exception fault, bool keysAreLeft)
    {
        Observers.Notify(_logger, logger =>
        {
            if (keysAreLeft)
            {
                logger.KeysNotRefreshed(scheme, KeyFault.Describe(fault));
            }
            else
            {
                logger.KeysUnavailable(scheme, KeyFault.Describe(fault));
            }
        });
        CountFetch(scheme, succeeded: false);
    }

    private void CountFetch(string scheme, bool succeeded) => Observers.Notify(
        _fetches,
        fetches => fetches.Add(1, new TagList { { BoundTokenTelemetry.SchemeTag, scheme }, { BoundTokenTelemetry.KeysFetchedTag, succeeded } }));
}
