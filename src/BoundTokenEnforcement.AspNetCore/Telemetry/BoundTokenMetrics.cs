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
            BoundTokenTelemetry.DecisionsCounterName, unit: "{decision}", description: "Access tokens judged, by outcome.");
        _durations = meter.CreateHistogram<double>(
            BoundTokenTelemetry.DurationHistogramName, unit: "s", description: "How long it took to decide, without the validation of the token.");
    }

    internal void Decided(BindingDecision judgement)
    {
        if (!_decisions.Enabled && !_durations.Enabled)
        {
            return;
        }

        var tags = new TagList
        {
            { BoundTokenTelemetry.ModeTag, judgement.Mode.ToString() },
            { BoundTokenTelemetry.OutcomeTag, judgement.Result.Outcome.ToString() },
        };
        if (judgement.Scheme.Length > 0)
        {
            tags.Add(BoundTokenTelemetry.SchemeTag, judgement.Scheme);
        }

        if (judgement.Result.Failure is { } failure)
        {
            tags.Add(BoundTokenTelemetry.FailureTag, failure.ToString());
            tags.Add(BoundTokenTelemetry.TokenValidatedTag, judgement.Success is not null);
        }

        _decisions.Add(1, tags);
        if (judgement.Began != 0)
        {
            _durations.Record(Stopwatch.GetElapsedTime(judgement.Began).TotalSeconds, tags);
        }
    }
}
