using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table against one line of ours behind an ordinary JwtBearer.</summary>
public sealed class GuardedTests(GuardedTests.Host fixture) : IClassFixture<GuardedTests.Host>
{
    // The key id is quoted by JwtBearer's own log message.
    private static readonly HashSet<string> LogGaps = new(StringComparer.Ordinal) { "AC-035 kid is U+2028" };

    public static IEnumerable<TheoryDataRow<string>> All => HostileRun.Keys;

    public static IEnumerable<TheoryDataRow<string>> Quiet => HostileRun.WithRequirement(HostileRun.AllKeys.Where(k => !LogGaps.Contains(k)));

    [Theory]
    [MemberData(nameof(All))]
    [Requirement("R8705-3-6")]
    public Task Row_Tls13Full_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls13, Handshake.Full, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(All))]
    public Task Row_Tls13Resumed_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls13, Handshake.Resumed, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(All))]
    [Requirement("R8705-3-6")]
    public Task Row_Tls12Full_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls12, Handshake.Full, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(All))]
    public Task Row_Tls12Resumed_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls12, Handshake.Resumed, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(Quiet))]
    public Task Row_EverythingLogged_HoldsNoSecret(string key) => HostileRun.AssertNothingLoggedAsync(fixture.Server, key);

    [Theory]
    [MemberData(nameof(All))]
    public async Task Row_OverAConnectionWithoutCertificate_NeverEnters(string key)
    {
        var row = HostileRun.Row(key);
        foreach (var shape in new[] { row.Build(fixture.Server.Context), row.Twin(fixture.Server.Context) })
        {
            var answer = await fixture.Server.SendRawAsync(shape with { Certificate = null }, SslProtocols.None);
            FailOpen.Count(answer.Subjects.Contains("alice"));
            Assert.DoesNotContain("alice", answer.Subjects);
            Assert.True(answer.Subjects.Count == 0 || shape.Target == "/public");
        }
    }

    [Fact]
    public async Task StolenToken_NoCertificate_Refused()
    {
        var context = fixture.Server.Context;

        (await fixture.Server.SendRawAsync(context.Good() with { Certificate = null }, SslProtocols.None)).AssertIs(Expected.InvalidToken, fixture.FixedChallenge);
        (await fixture.Server.SendRawAsync(context.Good() with { Certificate = context.B }, SslProtocols.None)).AssertIs(Expected.InvalidToken, fixture.FixedChallenge);
        (await fixture.Server.SendRawAsync(context.Good(), SslProtocols.None)).AssertIs(Expected.Pass, fixture.FixedChallenge);
    }

    [Fact]
    public async Task HugeCertificate_Tls12_PassesAndTwinIsRefused()
    {
        var context = fixture.Server.Context;
        var huge = context.Bearer(context.Issuer.BoundTo(context.Huge)) with { Certificate = context.Huge };

        await AssertAsync(huge, Expected.Pass);
        await AssertAsync(huge with { Certificate = null }, Expected.InvalidToken);
        await AssertAsync(context.Good() with { Certificate = context.Huge }, Expected.InvalidToken);

        async Task AssertAsync(RequestShape shape, Expected expected) =>
            (await fixture.Server.SendAsync(shape, HttpVersion.Version11, SslProtocols.Tls12, Handshake.Full)).AssertIs(expected, fixture.FixedChallenge);
    }

    // Its session fits into no ticket, and OpenSSL then breaks the connection off: a refusal, though not ours.
    [Fact]
    public async Task HugeCertificate_Tls13_NoRequestWithoutItsProof()
    {
        var context = fixture.Server.Context;

        var answer = await fixture.Server.SendRawAsync(context.Good() with { Certificate = context.Huge }, SslProtocols.Tls13);

        FailOpen.Count(answer.Subjects.Count > 0);
        Assert.Empty(answer.Subjects);
        Assert.NotEqual(200, answer.Status);
    }

    [Fact]
    public async Task Cookie_Alone_EntersAsItsOwner()
    {
        var context = fixture.Server.Context;
        var shape = new RequestShape(null, $"Cookie: {context.Cookie}") { Target = "/both" };

        Assert.Equal(["carol"], (await fixture.Server.SendRawAsync(shape, SslProtocols.None)).Subjects);
        // At an endpoint that takes tokens only it is worth nothing.
        Assert.Empty((await fixture.Server.SendRawAsync(shape with { Target = "/" }, SslProtocols.None)).Subjects);
    }

    [Fact]
    public Task Mutations_OfTheToken_AreRefused() => HostileMutations.AssertUnsignedRefusedAsync(fixture.Server, seed: 46, count: 4_000);

    [Fact]
    public Task Mutations_OfTheClaims_PassOnlyIfBound() => HostileMutations.AssertSignedPassOnlyIfBoundAsync(fixture.Server, seed: 47, count: 4_000);

    public sealed class Host : IAsyncLifetime
    {
        public HostileHost Server { get; private set; } = null!;

        /// <summary>Whoever is refused learns this and nothing else.</summary>
        public string FixedChallenge { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Server = await HostileHost.StartAsync(builder => builder.Services.AddBoundTokenEnforcement());
            FixedChallenge = await HostileRun.ChallengeForStolenTokenAsync(Server);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
