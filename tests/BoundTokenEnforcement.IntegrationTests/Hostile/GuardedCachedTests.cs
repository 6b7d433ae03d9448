using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table with the validated-token cache. Most rows send their token twice, so that the second time its signature may be remembered.</summary>
public sealed class GuardedCachedTests(GuardedCachedTests.Host fixture) : IClassFixture<GuardedCachedTests.Host>
{
    [Theory]
    [MemberData(nameof(HostileRun.Keys), MemberType = typeof(HostileRun))]
    public Task Row_SignaturesRemembered_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls13, Handshake.Full, fixture.FixedChallenge);

    [Fact]
    public Task Mutations_OfARememberedToken_AreRefused() => HostileMutations.AssertUnsignedRefusedAsync(fixture.Server, seed: 48, count: 2_000);

    [Fact]
    public Task Mutations_OfTheClaims_PassOnlyIfBound() => HostileMutations.AssertSignedPassOnlyIfBoundAsync(fixture.Server, seed: 49, count: 2_000);

    public sealed class Host : IAsyncLifetime
    {
        public HostileHost Server { get; private set; } = null!;

        public string FixedChallenge { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await HostileHost.StartAsync(builder => builder.Services.AddBoundTokenEnforcement().AddValidatedTokenCache());
            FixedChallenge = await HostileRun.ChallengeForStolenTokenAsync(Server);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
