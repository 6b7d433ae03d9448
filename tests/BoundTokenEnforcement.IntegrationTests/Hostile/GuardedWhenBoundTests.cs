using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table where tokens need not be bound: what is meant as a binding and cannot be verified is refused all the same.</summary>
public sealed class GuardedWhenBoundTests(GuardedWhenBoundTests.Host fixture) : IClassFixture<GuardedWhenBoundTests.Host>
{
    [Theory]
    [MemberData(nameof(HostileRun.Keys), MemberType = typeof(HostileRun))]
    public Task Row_TokensNeedNotBeBound_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowWhenBoundAsync(fixture.Server, key, SslProtocols.Tls13, Handshake.Resumed, fixture.FixedChallenge);

    public sealed class Host : IAsyncLifetime
    {
        public HostileHost Server { get; private set; } = null!;

        public string FixedChallenge { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await HostileHost.StartAsync(
                builder => builder.Services.AddBoundTokenEnforcement(o => o.Requirement = BindingRequirement.WhenBound));
            FixedChallenge = await HostileRun.ChallengeForStolenTokenAsync(Server);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
