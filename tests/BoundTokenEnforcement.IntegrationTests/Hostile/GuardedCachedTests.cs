using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table with the validated-token cache. Most rows send their token twice, so that the second time something of it may be remembered.</summary>
public abstract class GuardedCachedTests(GuardedCachedTests.Host fixture)
{
    [Theory]
    [MemberData(nameof(HostileRun.Keys), MemberType = typeof(HostileRun))]
    public Task Row_Remembered_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls13, Handshake.Full, fixture.FixedChallenge);

    [Fact]
    public Task Mutations_OfARememberedToken_AreRefused() => HostileMutations.AssertUnsignedRefusedAsync(fixture.Server, seed: 48, count: 2_000);

    [Fact]
    public Task Mutations_OfTheClaims_PassOnlyIfBound() => HostileMutations.AssertSignedPassOnlyIfBoundAsync(fixture.Server, seed: 49, count: 2_000);

    public abstract class Host(ValidatedTokenCacheContent content) : IAsyncLifetime
    {
        public HostileHost Server { get; private set; } = null!;

        public string FixedChallenge { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await HostileHost.StartAsync(builder => builder.Services.AddBoundTokenEnforcement().AddValidatedTokenCache(options => options.Remember = content));
            FixedChallenge = await HostileRun.ChallengeForStolenTokenAsync(Server);
        }

        public ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return Server.DisposeAsync();
        }
    }
}

public sealed class GuardedCachedSignaturesTests(GuardedCachedSignaturesTests.Signatures fixture) : GuardedCachedTests(fixture), IClassFixture<GuardedCachedSignaturesTests.Signatures>
{
    public sealed class Signatures() : Host(ValidatedTokenCacheContent.Signatures);
}

public sealed class GuardedCachedIdentitiesTests(GuardedCachedIdentitiesTests.Identities fixture) : GuardedCachedTests(fixture), IClassFixture<GuardedCachedIdentitiesTests.Identities>
{
    // Otherwise the table would say nothing about them.
    [Fact]
    public async Task OwnersToken_ComingAgain_IsRemembered()
    {
        var good = fixture.Server.Context.Good();
        await fixture.Server.SendRawAsync(good, SslProtocols.None);
        await fixture.Server.SendRawAsync(good, SslProtocols.None);

        Assert.NotEqual(0, fixture.Server.Metrics.Of(ValidatedTokenCacheTelemetry.IdentityHitsCounterName).Sum(measured => measured.Value));
    }

    public sealed class Identities() : Host(ValidatedTokenCacheContent.Identities);
}
