using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>A resource that said that it enforces, and no longer does.</summary>
public sealed class EnforcementWithdrawnTests
{
    private const string True = """ "tls_client_certificate_bound_access_tokens": true """;
    private const string False = """ "tls_client_certificate_bound_access_tokens": false """;
    private const string Absent = """ "x": 1 """;

    [Theory]
    [InlineData(False)]
    [InlineData(Absent)]
    public async Task Flag_OnceTrueAndNoLonger_IsRefusedWithAnAlarm(string now)
    {
        var called = new TaskCompletionSource<ResourceIdentifier>();
        await using var discovery = DiscoveryFixture.Start(options => options.Metadata.OnEnforcementWithdrawn = called.SetResult);
        await SaysAsync(discovery, True);

        await RefusesAsync(discovery, now);

        Assert.Equal(discovery.Resource, await called.Task);
        Assert.Equal(1, LogCount(discovery, 350));
        Assert.Contains(discovery.Resource.Value, discovery.Logs.Records.Single(static record => record.EventId.Id == 350).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"resource":""", GuardFailure.MetadataInvalid)]
    [InlineData("""{"resource":"https://other.example","tls_client_certificate_bound_access_tokens":true}""", GuardFailure.MetadataOfAnotherResource)]
    public async Task Document_OnceTrueAndNowNotToBeBelieved_RaisesTheAlarmOnce(string now, GuardFailure refusal)
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);

        discovery.Answer(ScriptedAnswer.Json(now));
        discovery.Clock.Advance(TimeSpan.FromDays(1));
        await discovery.RefusedAsync(refusal);
        discovery.Clock.Advance(TimeSpan.FromDays(1));
        await discovery.RefusedAsync(refusal);

        Assert.Equal(1, LogCount(discovery, 350));
    }

    [Fact]
    public async Task Document_NeverTrueAndNotToBeBelieved_IsNoWithdrawal()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json("{"));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);

        Assert.Equal(0, LogCount(discovery, 350));
    }

    [Fact]
    public async Task Flag_NeverTrue_IsNoWithdrawal()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, Absent);
        await SaysAsync(discovery, False);
        Assert.Equal(0, LogCount(discovery, 350));
    }

    [Fact]
    public async Task Flag_StillWithdrawn_IsRefusedWithoutAnotherAlarm()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);

        await RefusesAsync(discovery, False);
        await RefusesAsync(discovery, Absent);

        Assert.Equal(1, LogCount(discovery, 350));
    }

    [Fact]
    public async Task Flag_TrueAgain_IsTakenAndWatchedAgain()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);
        await RefusesAsync(discovery, False);

        await SaysAsync(discovery, True);
        await RefusesAsync(discovery, False);

        Assert.Equal(2, LogCount(discovery, 350));
    }

    [Fact]
    public async Task Failure_InBetween_DoesNotMakeItForgotten()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);
        discovery.Answer(ScriptedAnswer.Status(404));
        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        discovery.Clock.Advance(TimeSpan.FromMinutes(10));

        await RefusesAsync(discovery, False);
    }

    [Fact]
    public async Task Eviction_InBetween_DoesNotMakeItForgotten()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);
        for (var i = 0; i < ProtectedResourceMetadataClient.Capacity; i++)
        {
            // Refused before anything is sent, but known from now on.
            var task = discovery.GetAsync(ResourceIdentifier.Parse($"https://[fe80::1]/{i}"));
            await DiscoveryFixture.RefusedAsync(GuardFailure.AddressNotAllowed, task);
        }

        await RefusesAsync(discovery, False);
    }

    [Fact]
    public async Task Withdrawal_OfOneResource_DoesNotTouchAnother()
    {
        await using var discovery = DiscoveryFixture.Start();
        await SaysAsync(discovery, True);
        var other = ResourceIdentifier.Parse($"{discovery.Server.Origin}/other");
        discovery.Answer(ScriptedAnswer.Json(DiscoveryFixture.Document(other, False)));

        Assert.False((await discovery.GetAsync(other)).TlsClientCertificateBoundAccessTokens);
    }

    [Fact]
    public async Task Callback_ThatThrows_IsLoggedAndChangesNothing()
    {
        await using var discovery = DiscoveryFixture.Start(static options => options.Metadata.OnEnforcementWithdrawn = static _ => throw new NotSupportedException("Mine."));
        await SaysAsync(discovery, True);

        await RefusesAsync(discovery, False);

        Assert.True(SpinWait.SpinUntil(() => LogCount(discovery, 355) == 1, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Callback_ThatBlocks_KeepsNobodyWaiting()
    {
        using var gate = new ManualResetEventSlim();
        await using var discovery = DiscoveryFixture.Start(options => options.Metadata.OnEnforcementWithdrawn = _ => gate.Wait(TimeSpan.FromSeconds(30)));
        await SaysAsync(discovery, True);

        await RefusesAsync(discovery, False);
        gate.Set();
    }

    private static async Task SaysAsync(DiscoveryFixture discovery, string members)
    {
        discovery.Answer(ScriptedAnswer.Json(discovery.Document(members)));
        await discovery.GetAsync();
        discovery.Clock.Advance(TimeSpan.FromMinutes(10));
    }

    private static async Task RefusesAsync(DiscoveryFixture discovery, string members)
    {
        discovery.Answer(ScriptedAnswer.Json(discovery.Document(members)));
        await discovery.RefusedAsync(GuardFailure.EnforcementWithdrawn);
        discovery.Clock.Advance(TimeSpan.FromMinutes(10));
    }

    private static int LogCount(DiscoveryFixture discovery, int id) => discovery.Logs.Records.Count(record => record.EventId.Id == id);
}
