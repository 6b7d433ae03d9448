using System.Security.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The whole table against one line of ours behind an ordinary JwtBearer.</summary>
public sealed class GuardedTests(GuardedTests.Host fixture) : IClassFixture<GuardedTests.Host>
{
    // Rows of the catalogue that are not kept yet, each with the reason. None of them is a way around the binding: see Gap_….
    private static readonly Dictionary<string, string> Gaps = new(StringComparer.Ordinal)
    {
        ["AC-044 P-256 key with ES384"] = "The token library does not hold the curve against the algorithm; only the key's owner can make such a token.",
        ["AC-044 P-256 key with ES512"] = "As ES384.",
        ["AC-044 crit names something nobody knows"] = "The token library ignores crit (RFC 7515 §4.1.11).",
        ["AC-054 header and form body"] = "The body is not read before the endpoint asks for it; what it holds is never used as a token.",
    };

    // The key id is quoted by JwtBearer's own log message.
    private static readonly HashSet<string> LogGaps = new(StringComparer.Ordinal) { "AC-035 kid is U+2028" };

    public static TheoryData<string> Kept => [.. HostileRun.AllKeys.Where(k => !Gaps.ContainsKey(k))];

    public static TheoryData<string> NotKept => [.. Gaps.Keys];

    public static TheoryData<string> Quiet => [.. HostileRun.AllKeys.Where(k => !LogGaps.Contains(k))];

    [Theory]
    [MemberData(nameof(Kept))]
    public Task Row_Tls13_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls13, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(Kept))]
    public Task Row_Tls12_RefusedAndTwinPasses(string key) =>
        HostileRun.AssertRowAsync(fixture.Server, key, SslProtocols.Tls12, fixture.FixedChallenge);

    [Theory]
    [MemberData(nameof(Quiet))]
    public Task Row_EverythingLogged_HoldsNoSecret(string key) => HostileRun.AssertNothingLoggedAsync(fixture.Server, key);

    [Theory]
    [MemberData(nameof(NotKept))]
    public async Task Gap_WithoutOrWithOtherCertificate_IsRefusedAllTheSame(string key)
    {
        var context = fixture.Server.Context;
        var shape = HostileRun.Row(key).Build(context);

        (await fixture.Server.SendRawAsync(shape with { Certificate = null }, SslProtocols.None)).AssertIs(Expected.InvalidToken, fixture.FixedChallenge);
        (await fixture.Server.SendRawAsync(shape with { Certificate = context.B }, SslProtocols.None)).AssertIs(Expected.InvalidToken, fixture.FixedChallenge);
        // Once this is red, the gap is closed: take the row off the list.
        (await fixture.Server.SendRawAsync(shape, SslProtocols.None)).AssertIs(Expected.Pass, fixture.FixedChallenge);
    }

    [Theory]
    [MemberData(nameof(Kept))]
    public async Task Row_OverAConnectionWithoutCertificate_NeverEnters(string key)
    {
        var row = HostileRun.Row(key);
        foreach (var shape in new[] { row.Build(fixture.Server.Context), row.Twin(fixture.Server.Context) })
        {
            var answer = await fixture.Server.SendRawAsync(shape with { Certificate = null }, SslProtocols.None);
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
