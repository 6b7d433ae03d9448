using System.Net;
using System.Net.Sockets;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>AC-098: a resource that cannot be asked, and when it is asked again.</summary>
[Requirement("AC-098")]
public sealed class MetadataFailureTests
{
    [Theory]
    [InlineData("500")]
    [InlineData("503")]
    [InlineData("429")]
    [InlineData("cut before the head")]
    [InlineData("cut in the body")]
    public async Task Failure_ThatMayPass_IsTriedThreeTimes(string how)
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        discovery.Answer(Failing(how));

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Equal(1 + FetchLimits.Retries, discovery.Server.Requests.Count);
        Assert.Equal(1, discovery.Metrics.Sum(BoundTokenGuardTelemetry.FetchesCounterName, BoundTokenGuardTelemetry.SuccessTag, "False"));
    }

    [Theory]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("cut before the head")]
    [InlineData("cut in the body")]
    public async Task Failure_ThatPasses_IsForgotten(string how)
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        discovery.Server.Answer = _ => discovery.Server.Requests.Count == 1 ? Failing(how) : ScriptedAnswer.Json(discovery.Document());

        Assert.NotNull(await discovery.GetAsync());

        Assert.Equal(2, discovery.Server.Requests.Count);
        Assert.Equal(1, discovery.Metrics.Sum(BoundTokenGuardTelemetry.FetchesCounterName, BoundTokenGuardTelemetry.SuccessTag, "True"));
    }

    [Fact]
    public async Task Failure_IsRememberedForItsTimeOnly()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Status(404, "Retry-After: 86400", "Cache-Control: max-age=86400"));
        var first = await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        discovery.AnswerDocument();
        discovery.Clock.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromTicks(1));
        var second = await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.NotSame(first, second);
        Assert.Single(discovery.Server.Requests);

        discovery.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.NotNull(await discovery.GetAsync());
    }

    [Fact]
    public async Task RetryAfter_OfADay_HasNoEffect()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Status(429, "Retry-After: 86400"));
        await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, PumpAsync(discovery));
        Assert.Equal(1 + FetchLimits.Retries, discovery.Server.Requests.Count);

        discovery.AnswerDocument();
        discovery.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.NotNull(await discovery.GetAsync());
    }

    [Fact]
    public async Task Server_NotListening_IsRefused()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();
        var resource = ResourceIdentifier.Parse($"https://localhost:{UnusedPort()}");

        await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, discovery.GetAsync(resource));
    }

    [Fact]
    public async Task Server_NameUnknown_IsRefused()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime();

        // Longer than a label can be: no server is asked for it.
        var resource = ResourceIdentifier.Parse($"https://{new string('a', 64)}.test");

        await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, discovery.GetAsync(resource));
    }

    [Fact]
    [Requirement("R9728-7.3-1")]
    public async Task Server_NotTrusted_IsRefusedAtOnce()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime(static options => options.ServerCertificateChainPolicy = null);
        discovery.AnswerDocument();

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Single(discovery.Server.Connections);
        Assert.Empty(discovery.Server.Requests);
    }

    [Fact]
    [Requirement("R9728-7.3-1")]
    public async Task Server_OfAnotherName_IsRefusedAtOnce()
    {
        using var another = TestCertificates.SelfSigned("another.test");
        await using var discovery = DiscoveryFixture.StartInRealTime(server: new() { ServerCertificate = another });
        discovery.AnswerDocument();

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Single(discovery.Server.Connections);
        Assert.Empty(discovery.Server.Requests);
    }

    [Fact]
    public async Task Server_ThatSpeaksNoTls_IsRefused()
    {
        using var plain = new RecordingListener();
        await using var discovery = DiscoveryFixture.StartInRealTime();
        var resource = ResourceIdentifier.Parse($"https://localhost:{plain.Address.Port}");

        await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, discovery.GetAsync(resource));
    }

    [Fact]
    public async Task CircuitBreaker_AfterManyFailures_LeavesTheServerAloneForAWhile()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Status(500));
        for (var fetch = 0; fetch < FetchLimits.Metadata.MinimumAttempts / (1 + FetchLimits.Retries); fetch++)
        {
            await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, PumpAsync(discovery));
            discovery.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        discovery.AnswerDocument();
        var broken = await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Contains("not tried for a while", broken.Message, StringComparison.Ordinal);
        Assert.Equal(FetchLimits.Metadata.MinimumAttempts, discovery.Server.Requests.Count);

        discovery.Clock.Advance(FetchLimits.Metadata.Break);
        Assert.NotNull(await discovery.GetAsync());
    }

    [Fact]
    public async Task CircuitBreaker_OfOneResource_DoesNotCloseAnother()
    {
        await using var discovery = DiscoveryFixture.Start();
        var other = ResourceIdentifier.Parse($"{discovery.Server.Origin}/other");
        discovery.Server.Answer = request => request.Target == other.MetadataPath
            ? ScriptedAnswer.Json(DiscoveryFixture.Document(other))
            : ScriptedAnswer.Status(500);
        for (var fetch = 0; fetch < 3; fetch++)
        {
            await DiscoveryFixture.RefusedAsync(GuardFailure.MetadataUnreachable, PumpAsync(discovery));
            discovery.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        Assert.NotNull(await discovery.GetAsync(other));
    }

    [Fact]
    public async Task DefiniteAnswers_HoweverMany_DoNotBreakTheCircuit()
    {
        await using var discovery = DiscoveryFixture.Start();
        for (var fetch = 0; fetch < 2 * FetchLimits.Metadata.MinimumAttempts; fetch++)
        {
            await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
            discovery.Clock.Advance(TimeSpan.FromSeconds(15));
        }

        discovery.AnswerDocument();
        Assert.NotNull(await discovery.GetAsync());
    }

    // Moves the clock over the pauses between attempts, slowly enough for real answers to arrive.
    private static async Task PumpAsync(DiscoveryFixture discovery)
    {
        var asked = discovery.GetAsync();
        while (await Task.WhenAny(asked, Task.Delay(20)) != asked)
        {
            discovery.Clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await asked;
    }

    private static ScriptedAnswer Failing(string how) => how switch
    {
        "cut before the head" => ScriptedAnswer.CutAfter(),
        "cut in the body" => ScriptedAnswer.CutAfter(ScriptedAnswer.Head(200, "Content-Type: application/json", "Content-Length: 500"), "{"u8.ToArray()),
        _ => ScriptedAnswer.Status(int.Parse(how, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
