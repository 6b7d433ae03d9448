using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

public sealed class ConnectionFilterTests
{
    [Fact]
    public async Task Request_AmbiguousToken_ReachesNothingAtAll()
    {
        var reached = 0;
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) =>
        {
            app.Use((context, next) =>
            {
                reached++;
                return next(context);
            });
            api.Map(app, "/").AllowAnonymous();
        });

        (await api.SendAsync("/", context => context.Request.Headers.Authorization = "Bearer one two")).IsBadRequest();
        Assert.Equal(0, reached);

        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
        Assert.Equal(1, reached);
    }

    [Fact]
    public async Task Request_AmbiguousToken_IsLoggedAndCounted()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await api.SendAsync("/", context => context.Request.Headers.Authorization = "Bearer one two");

        var log = Assert.Single(api.Logs.From(typeof(DecisionTelemetry).FullName!));
        Assert.Equal((112, "RequestMalformed"), (log.EventId.Id, log.EventId.Name));
        var measured = Assert.Single(api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName));
        Assert.Equal(
            new Dictionary<string, string?>
            {
                [BoundTokenTelemetry.ModeTag] = "Enforce",
                [BoundTokenTelemetry.OutcomeTag] = "Refused",
                [BoundTokenTelemetry.FailureTag] = "RequestMalformed",
            },
            measured.Tags);
    }

    [Fact]
    public async Task Request_AmbiguousTokenOnTheWayToTheMetadata_IsRefusedWithItsUrl()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded());

        var answer = await api.SendAsync("/", context => context.Request.Headers.Authorization = "Bearer one two");

        answer.IsRefusal(400, $"{Answer.InvalidRequest}, resource_metadata=\"{MetadataSettings.Url}\"");
    }
}
