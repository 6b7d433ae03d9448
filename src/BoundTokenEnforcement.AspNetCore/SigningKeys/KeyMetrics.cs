using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BoundTokenEnforcement;

internal sealed class KeyMetrics
{
    private readonly Counter<long> _notValidated;
    private readonly Counter<long> _fetches;

    public KeyMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(BoundTokenTelemetry.MeterName);
        _notValidated = meter.CreateCounter<long>(
            BoundTokenTelemetry.KeysUnavailableCounterName, unit: "{token}", description: "Access tokens that could not be validated because there were no signing keys.");
        _fetches = meter.CreateCounter<long>(
            BoundTokenTelemetry.KeyFetchesCounterName, unit: "{fetch}", description: "Fetches of signing keys, by whether they brought any.");
    }

    internal void TokenNotValidated(string scheme) => _notValidated.Add(1, new KeyValuePair<string, object?>(BoundTokenTelemetry.SchemeTag, scheme));

    internal void Fetched(string scheme, bool succeeded) => _fetches.Add(
        1, new TagList { { BoundTokenTelemetry.SchemeTag, scheme }, { BoundTokenTelemetry.KeysFetchedTag, succeeded } });
}
