using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace BoundTokenEnforcement;

internal sealed class BoundTokenMetrics
{
    private readonly Counter<long> _decisions;
    private readonly Histogram<double> _durations;

    public BoundTokenMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(BoundTokenTelemetry.MeterName);
        _decisions = meter.CreateCounter<long>(
            BoundTokenTelemetry.DecisionsCounterName, unit: "{decision}", description: "Access tokens decided on, by outcome.");
        _durations = meter.CreateHistogram<double>(
            BoundTokenTelemetry.DurationHistogramName, unit: "s", description: "How long it took to decide, without the validation of the token.");
    }

    internal void Decided(BindingDecision decision)
    {
        if (!_decisions.Enabled && !_durations.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { BoundTokenTelemetry.ModeTag, decision.Mode.ToString() },
            { BoundTokenTelemetry.OutcomeTag, decision.Result.Outcome.ToString() },
        };
        if (decision.Scheme.Length > 0)
        {
            tags.Add(BoundTokenTelemetry.SchemeTag, decision.Scheme);
        }

        if (decision.Result.Failure is { } failure)
        {
            tags.Add(BoundTokenTelemetry.FailureTag, failure.ToString());
            tags.Add(BoundTokenTelemetry.TokenValidatedTag, decision.Success is not null);
        }

        _decisions.Add(1, tags);
        if (decision.Began != 0)
        {
            _durations.Record(Stopwatch.GetElapsedTime(decision.Began).TotalSeconds, tags);
        }
    }
}
