using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>RFC 9728 §5.2 and D34: a document in doubt is fetched anew, from where it always is, and not as often as a server likes.</summary>
[Requirement("D34")]
public sealed class MetadataRenewalTests
{
    [Fact]
    public async Task Renew_NextCaller_GetsADocumentFetchedAfterwards()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument();
        var first = await discovery.GetAsync();
        Assert.Same(first, await discovery.GetAsync());
        discovery.Clock.Advance(CachedMetadata.Pace);

        discovery.Client.Renew(discovery.Resource);

        Assert.NotSame(first, await discovery.GetAsync());
        Assert.Equal([discovery.Resource.MetadataPath, discovery.Resource.MetadataPath], discovery.Server.Requests.Select(static request => request.Target));
    }

    [Fact]
    public async Task Renew_WithinASecondOfAFetch_LetsCallersWait()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument();
        var first = await discovery.GetAsync();

        discovery.Client.Renew(discovery.Resource);
        var asked = discovery.GetAsync();
        await discovery.Clock.SomebodyWaitsAsync();
        discovery.Clock.Advance(CachedMetadata.Pace - TimeSpan.FromTicks(1));
        Assert.False(asked.IsCompleted);
        Assert.Single(discovery.Server.Requests);
        discovery.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.NotSame(first, await asked);
    }

    [Fact]
    public async Task Renew_AfterEachOfManyAnswers_CausesOneFetchASecond()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument();
        await discovery.GetAsync();
        for (var second = 1; second <= 5; second++)
        {
            var asked = new List<Task>();
            for (var i = 0; i < 200; i++)
            {
                discovery.Client.Renew(discovery.Resource);
                asked.Add(discovery.GetAsync());
            }

            await discovery.Clock.SomebodyWaitsAsync();
            discovery.Clock.Advance(CachedMetadata.Pace);
            await Task.WhenAll(asked);
            Assert.Equal(1 + second, discovery.Server.Requests.Count);
        }
    }

    [Fact]
    public async Task Renew_DuringAFetch_DoesNotTakeThatOne()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));
        var early = discovery.GetAsync();
        await discovery.Server.WaitForRequestAsync(1);

        discovery.Client.Renew(discovery.Resource);
        var late = discovery.GetAsync();
        var later = discovery.GetAsync();
        discovery.AnswerDocument();
        discovery.Clock.Advance(CachedMetadata.Pace);
        gate.SetResult();

        Assert.NotSame(await early, await late);
        Assert.Same(await late, await later);
        Assert.Equal(2, discovery.Server.Requests.Count);
        Assert.Same(await late, await discovery.GetAsync());
    }

    [Fact]
    public async Task Renew_DuringAFetchThatNobodyAwaitsAfterwards_KeepsNothingOfIt()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));
        var early = discovery.GetAsync();
        await discovery.Server.WaitForRequestAsync(1);
        discovery.Client.Renew(discovery.Resource);
        gate.SetResult();
        await early;
        discovery.Clock.Advance(CachedMetadata.Pace);

        Assert.NotSame(await early, await discovery.GetAsync());
    }

    [Fact]
    public async Task Renew_OfAFailure_DoesNotShortenIt()
    {
        await using var discovery = DiscoveryFixture.Start();
        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        discovery.AnswerDocument();
        discovery.Clock.Advance(TimeSpan.FromSeconds(10));

        discovery.Client.Renew(discovery.Resource);

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task Renew_OfAnUnknownResource_DoesNothing()
    {
        await using var discovery = DiscoveryFixture.Start();

        discovery.Client.Renew(discovery.Resource);

        Assert.Empty(discovery.Server.Connections);
    }
}
