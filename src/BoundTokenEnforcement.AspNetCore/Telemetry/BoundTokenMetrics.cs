using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BoundTokenEnforcement;

internal sealed class BoundTokenMetrics
{
    private readonly Counter<long> _decisions;

    public BoundTokenMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(BoundTokenTelemetry.MeterName);
        _decisions = meter.CreateCounter<long>(
            BoundTokenTelemetry.DecisionsCounterName, unit: "{decision}", description: "Access tokens judged, by outcome.");
    }

    internal void Decided(string scheme, EnforcementMode mode, BindingResult result)
    {
        if (!_decisions.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { BoundTokenTelemetry.ModeTag, mode.ToString() },
            { BoundTokenTelemetry.OutcomeTag, result.Outcome.ToString() },
        };
        if (scheme.Length > 0)
        {
            tags.Add(BoundTokenTelemetry.SchemeTag, scheme);
        }

        if (result.Failure is { } failure)
        {
            tags.Add(BoundTokenTelemetry.FailureTag, failure.ToString());
        }

        _decisions.Add(1, tags);
    }
}
