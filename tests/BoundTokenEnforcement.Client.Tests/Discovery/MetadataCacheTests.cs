using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>AC-106, AC-107, AC-108, P10: one fetch for everybody, and nothing past its life.</summary>
[Requirement("AC-106", "AC-107", "AC-108")]
public sealed class MetadataCacheTests
{
    private static readonly TimeSpan Instant = TimeSpan.FromTicks(1);

    [Fact]
    public async Task FirstCalls_AThousandInParallel_CauseOneFetch()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));

        var asked = new Task<ProtectedResourceMetadata>[1000];
        Parallel.For(0, asked.Length, i => asked[i] = discovery.GetAsync());
        gate.SetResult();
        var documents = await Task.WhenAll(asked);

        Assert.Single(documents.Distinct());
        Assert.Single(discovery.Server.Connections);
        Assert.Single(discovery.Server.Requests);
        Assert.Same(documents[0], await discovery.GetAsync());
        Assert.Single(discovery.Server.Requests);
        Assert.Equal(1, discovery.Metrics.Sum(BoundTokenGuardTelemetry.FetchesCounterName, BoundTokenGuardTelemetry.SuccessTag, "True"));
    }

    [Fact]
    public async Task FirstCalls_OfAFailure_EachGetARefusalOfTheirOwn()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Status(404)));

        var asked = Enumerable.Range(0, 50).Select(_ => discovery.GetAsync()).ToList();
        gate.SetResult();
        var refusals = new List<BoundTokenGuardException>();
        foreach (var one in asked)
        {
            refusals.Add(await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, one));
        }

        Assert.Equal(refusals.Count, refusals.Distinct().Count());
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task Cancellation_OfTheCallerWhoCausedTheFetch_HarmsNobody()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));
        using var cancelled = new CancellationTokenSource();

        var first = discovery.Client.GetAsync(discovery.Resource, cancelled.Token).AsTask();
        var second = discovery.GetAsync();
        await discovery.Server.WaitForRequestAsync(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();

        Assert.NotNull(await second);
        Assert.Single(discovery.Server.Requests);
    }

    [Fact]
    public async Task Cancellation_OfEverybody_DoesNotEndTheFetch()
    {
        await using var discovery = DiscoveryFixture.Start();
        var gate = new TaskCompletionSource();
        discovery.Answer(ScriptedAnswer.After(gate.Task, ScriptedAnswer.Json(discovery.Document())));
        using var cancelled = new CancellationTokenSource();

        var only = discovery.Client.GetAsync(discovery.Resource, cancelled.Token).AsTask();
        await discovery.Server.WaitForRequestAsync(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        gate.SetResult();

        Assert.NotNull(await discovery.GetAsync());
        Assert.Single(discovery.Server.Requests);
    }

    [Theory]
    [InlineData(60, "Cache-Control: no-store")]
    [InlineData(60, "Cache-Control: no-cache")]
    [InlineData(60, "Cache-Control: max-age=0")]
    [InlineData(60, "Cache-Control: max-age=3")]
    [InlineData(60, "Cache-Control: max-age=600, no-store")]
    [InlineData(60, "Cache-Control: max-age=nonsense")]
    [InlineData(60, "Cache-Control: max-age=-5")]
    [InlineData(600, "Cache-Control: max-age=600")]
    [InlineData(600, "Cache-Control: private, max-age=600")]
    [InlineData(500, "Cache-Control: max-age=600", "Age: 100")]
    [InlineData(60, "Cache-Control: max-age=600", "Age: 9999")]
    [InlineData(600, "Cache-Control: max-age=600", "Age: nonsense")]
    [InlineData(3600, "Cache-Control: max-age=31536000")]
    [InlineData(3600, "Cache-Control: max-age=2147483647", "Age: 100")]
    [InlineData(300, "Cache-Control: public")]
    [InlineData(300, "X: 1")]
    [InlineData(200, "Age: 100")]
    [InlineData(300, "Expires: Thu, 01 Dec 2094 16:00:00 GMT")]
    public async Task Life_IsWhatTheServerSays_WithinTheBounds(int seconds, params string[] headerLines)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument(headerLines);
        var first = await discovery.GetAsync();

        discovery.Clock.Advance(TimeSpan.FromSeconds(seconds) - Instant);
        Assert.Same(first, await discovery.GetAsync());
        Assert.Single(discovery.Server.Requests);

        discovery.Clock.Advance(Instant);
        Assert.NotSame(first, await discovery.GetAsync());
        Assert.Equal(2, discovery.Server.Requests.Count);
    }

    [Fact]
    public async Task Life_BoundsThatAreConfigured_Count()
    {
        await using var discovery = DiscoveryFixture.Start(static options =>
        {
            options.Metadata.MinLifetime = TimeSpan.FromSeconds(1);
            options.Metadata.MaxLifetime = TimeSpan.FromSeconds(2);
        });
        discovery.AnswerDocument("Cache-Control: no-store");
        await discovery.GetAsync();
        discovery.AnswerDocument("Cache-Control: max-age=600");
        discovery.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await discovery.GetAsync();
        Assert.Equal(2, discovery.Server.Requests.Count);

        discovery.Clock.Advance(TimeSpan.FromSeconds(2) - Instant);
        Assert.Same(second, await discovery.GetAsync());
        discovery.Clock.Advance(Instant);
        Assert.NotSame(second, await discovery.GetAsync());
    }

    [Fact]
    public async Task Document_PastItsLife_IsNotUsedEvenIfTheServerFails()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.AnswerDocument("Cache-Control: max-age=600, stale-if-error=86400, stale-while-revalidate=86400");
        await discovery.GetAsync();
        discovery.Answer(ScriptedAnswer.Status(404));

        discovery.Clock.Advance(TimeSpan.FromSeconds(600) - Instant);
        Assert.NotNull(await discovery.GetAsync());
        discovery.Clock.Advance(Instant);
        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
    }

    [Fact]
    public void Clock_SetBack_DoesNotProlongALife()
    {
        var clock = new TwoClocks();
        var answer = new MetadataResult(new ProtectedResourceMetadata { Resource = ResourceIdentifier.Parse("https://a.test") }, TimeSpan.FromMinutes(1), clock);
        Assert.True(answer.IsAlive);

        (clock.Day, clock.Ticks) = (clock.Day.AddHours(-2), clock.Ticks + TimeSpan.FromMinutes(1).Ticks);
        Assert.False(answer.IsAlive);
    }

    [Fact]
    public void Machine_ThatSlept_DoesNotProlongALife()
    {
        var clock = new TwoClocks();
        var answer = new MetadataResult(new ProtectedResourceMetadata { Resource = ResourceIdentifier.Parse("https://a.test") }, TimeSpan.FromMinutes(1), clock);

        clock.Day = clock.Day.AddHours(8);
        Assert.False(answer.IsAlive);
    }

    [Fact]
    public async Task Resources_TenThousand_OnlyTheLastThousandAreKept()
    {
        // No connection is made: the address is not allowed.
        var client = CreateClient(ProtectedResourceMetadataClient.Capacity, allowLoopback: false, null);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 10_000; i++)
        {
            var resource = ResourceIdentifier.Parse($"https://127.0.0.1/{i}");
            await DiscoveryFixture.RefusedAsync(GuardFailure.AddressNotAllowed, client.GetAsync(resource, TestContext.Current.CancellationToken).AsTask());
        }

        Assert.Equal(ProtectedResourceMetadataClient.Capacity, client.Count);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task Resources_TooMany_TheOldestIsForgotten()
    {
        await using var server = ScriptedTlsServer.Start();
        server.Answer = request => ScriptedAnswer.Json(DiscoveryFixture.Document(ResourceIdentifier.Parse(server.Origin + request.Target[^2..])));
        var client = CreateClient(2, allowLoopback: true, server);
        ResourceIdentifier[] resources = [.. new[] { "/a", "/b", "/c" }.Select(path => ResourceIdentifier.Parse(server.Origin + path))];

        foreach (var resource in resources)
        {
            await client.GetAsync(resource, TestContext.Current.CancellationToken);
        }

        Assert.Equal(3, server.Requests.Count);
        await client.GetAsync(resources[1], TestContext.Current.CancellationToken);
        await client.GetAsync(resources[2], TestContext.Current.CancellationToken);
        Assert.Equal(3, server.Requests.Count);
        await client.GetAsync(resources[0], TestContext.Current.CancellationToken);
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(2, client.Count);
    }

    [Fact]
    public async Task Document_ThatIsKept_CostsNoAllocation()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        discovery.AnswerDocument();
        await discovery.GetAsync();
        Ask(discovery, 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Ask(discovery, 1000);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [SuppressMessage("Reliability", "CA2012:Use ValueTasks correctly", Justification = "A task would be an allocation.")]
    private static void Ask(DiscoveryFixture discovery, int times)
    {
        for (var i = 0; i < times; i++)
        {
            if (!discovery.Client.GetAsync(discovery.Resource, default).IsCompletedSuccessfully)
            {
                Assert.Fail("It had to wait.");
            }
        }
    }

    private static ProtectedResourceMetadataClient CreateClient(int capacity, bool allowLoopback, ScriptedTlsServer? server)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var telemetry = new GuardTelemetry(services.GetRequiredService<IMeterFactory>(), NullLogger<GuardTelemetry>.Instance);
        Assert.Null(ServerTrust.TryCopy(server?.TrustingPolicy(), out var trust));
        var transport = new MetadataTransport(trust!, new Transport(new AllowedAddresses(allowLoopback, privateNetworks: false), proxy: null), null, TimeProvider.System);
        return new ProtectedResourceMetadataClient(new MetadataDiscoveryOptions(), transport, new EnforcementHistory(), TimeProvider.System, telemetry, capacity);
    }

    private sealed class TwoClocks : TimeProvider
    {
        internal DateTimeOffset Day { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        internal long Ticks { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Day;

        public override long GetTimestamp() => Ticks;
    }
}
