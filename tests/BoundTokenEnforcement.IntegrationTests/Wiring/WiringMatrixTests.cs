using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>However the application is wired, a bound token gets in with its certificate and in no other way.</summary>
public sealed class WiringMatrixTests(Wirings wirings) : IClassFixture<Wirings>
{
    private static readonly X509Certificate2 A = TestCertificates.SelfSigned("alice");
    private static readonly X509Certificate2 B = TestCertificates.SelfSigned("mallory");

    public static MatrixTheoryData<int, bool, EventsWiring, EntranceKind> Matrix { get; } =
        new([1, 2, 3], [true, false], Enum.GetValues<EventsWiring>(), Enum.GetValues<EntranceKind>());

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task BoundToken_WithoutItsCertificate_IsRefused(int schemes, bool defaultScheme, EventsWiring events, EntranceKind entrance)
    {
        var wiring = new Wiring(schemes, defaultScheme, events);
        var host = await wirings.HostOf(wiring);
        foreach (var issuer in wiring.Issuers)
        {
            (await Entrances.TryAsync(host, entrance, issuer.BoundTo(A), null)).IsRefused();
            (await Entrances.TryAsync(host, entrance, issuer.BoundTo(A), B)).IsRefused();
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task BoundToken_WithItsCertificate_IsLetIn(int schemes, bool defaultScheme, EventsWiring events, EntranceKind entrance)
    {
        var wiring = new Wiring(schemes, defaultScheme, events);
        var host = await wirings.HostOf(wiring);
        foreach (var issuer in wiring.Issuers)
        {
            (await Entrances.TryAsync(host, entrance, issuer.BoundTo(A), A)).IsLetIn();
        }
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task BoundToken_WhoseIdentityIsRemembered_IsLetInWithItsCertificateOnly(int schemes, bool defaultScheme, EventsWiring events, EntranceKind entrance)
    {
        var wiring = new Wiring(schemes, defaultScheme, events, RemembersIdentities: true);
        var host = await wirings.HostOf(wiring);
        foreach (var token in wiring.Issuers.Select(static issuer => issuer.BoundTo(A)))
        {
            (await Entrances.TryAsync(host, entrance, token, A)).IsLetIn();
            (await Entrances.TryAsync(host, entrance, token, A)).IsLetIn();
            (await Entrances.TryAsync(host, entrance, token, null)).IsRefused();
            (await Entrances.TryAsync(host, entrance, token, B)).IsRefused();
        }

        Assert.NotEqual(0, host.Metrics.Of(ValidatedTokenCacheTelemetry.IdentityHitsCounterName).Sum(measured => measured.Value));
    }
}
