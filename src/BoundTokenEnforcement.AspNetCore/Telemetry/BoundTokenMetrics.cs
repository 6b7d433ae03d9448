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

    internal void Decided(string? scheme, BindingResult result)
    {
        if (!_decisions.Enabled)
        {
            return;
        }

        var tags = new TagList { { "outcome", result.Outcome.ToString() } };
        if (scheme is not null)
        {
            tags.Add("scheme", scheme);
        }

        if (result.Failure is { } failure)
        {
            tags.Add("failure", failure.ToString());
        }

        _decisions.Add(1, tags);
    }
}
