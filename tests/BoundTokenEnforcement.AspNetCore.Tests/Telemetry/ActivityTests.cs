using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class ActivityTests
{
    [Fact]
    public async Task Activity_OfTheRequest_CarriesOutcomeAndFailure()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer, schemes => schemes.AddGuarded(), Setup.Behind(), options => options.Requirement = BindingRequirement.WhenBound);

        Assert.Equal(("Verified", null), await TagsAsync(api, TestRequests.Proven));
        Assert.Equal(("Unbound", null), await TagsAsync(api, EndpointSetup.Unbound));
        Assert.Equal(("Refused", "CertificateMissing"), await TagsAsync(api, TestRequests.Stolen));
        Assert.Equal((null, null), await TagsAsync(api, _ => { }));
    }

    private static async Task<(object? Outcome, object? Failure)> TagsAsync(Api api, Action<HttpContext> request)
    {
        var traceId = ActivityTraceId.CreateRandom();
        var ended = new TaskCompletionSource<Activity>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == traceId)
                {
                    ended.TrySetResult(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await api.SendAsync("/", request + TestRequests.WithHeader("traceparent", $"00-{traceId}-{ActivitySpanId.CreateRandom()}-01"));

        var activity = await ended.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        return (activity.GetTagItem(BoundTokenTelemetry.OutcomeTag), activity.GetTagItem(BoundTokenTelemetry.FailureTag));
    }
}
