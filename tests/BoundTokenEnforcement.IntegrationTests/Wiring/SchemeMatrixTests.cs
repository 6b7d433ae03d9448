using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Whichever handler accepts a bound token, nobody gets in with it whose certificate was not compared.</summary>
public sealed class SchemeMatrixTests(SchemeWirings wirings) : IClassFixture<SchemeWirings>
{
    private static readonly X509Certificate2 A = TestCertificates.SelfSigned("alice");
    private static readonly X509Certificate2 B = TestCertificates.SelfSigned("mallory");
    private static readonly SchemeWiring[] Guarded = [SchemeWiring.JwtBearer, SchemeWiring.PolicyScheme];
    private static readonly SchemeWiring[] Unguarded = [.. Enum.GetValues<SchemeWiring>().Except(Guarded)];

    public static MatrixTheoryData<SchemeWiring, EntranceKind> All { get; } = new(Enum.GetValues<SchemeWiring>(), Enum.GetValues<EntranceKind>());

    public static MatrixTheoryData<SchemeWiring, EntranceKind> AllGuarded { get; } = new(Guarded, Enum.GetValues<EntranceKind>());

    public static MatrixTheoryData<SchemeWiring, EntranceKind> AllUnguarded { get; } = new(Unguarded, Enum.GetValues<EntranceKind>());

    [Theory]
    [MemberData(nameof(All))]
    public async Task BoundToken_WithoutItsCertificate_IsRefused(SchemeWiring wiring, EntranceKind entrance)
    {
        var host = await wirings.HostOf(wiring, leftUnguarded: false);

        (await Entrances.TryAsync(host, entrance, wirings.Issuer.BoundTo(A), null)).IsRefused();
        (await Entrances.TryAsync(host, entrance, wirings.Issuer.BoundTo(A), B)).IsRefused();
    }

    [Theory]
    [MemberData(nameof(AllGuarded))]
    public async Task BoundToken_WithItsCertificateInAGuardedScheme_IsLetIn(SchemeWiring wiring, EntranceKind entrance)
    {
        var host = await wirings.HostOf(wiring, leftUnguarded: false);

        (await Entrances.TryAsync(host, entrance, wirings.Issuer.BoundTo(A), A)).IsLetIn();
    }

    [Theory]
    [MemberData(nameof(AllUnguarded))]
    public async Task BoundToken_WithItsCertificateInASchemeThatNobodyJudges_IsRefused(SchemeWiring wiring, EntranceKind entrance)
    {
        var host = await wirings.HostOf(wiring, leftUnguarded: false);

        // Which token such a handler took, nobody knows; so the certificate proves nothing about it.
        (await Entrances.TryAsync(host, entrance, wirings.Issuer.BoundTo(A), A)).IsRefused();
    }

    [Theory]
    [MemberData(nameof(AllUnguarded))]
    public async Task UnboundToken_InASchemeThatNobodyJudges_IsLetIn(SchemeWiring wiring, EntranceKind entrance)
    {
        var host = await wirings.HostOf(wiring, leftUnguarded: false);

        (await Entrances.TryAsync(host, entrance, wirings.Issuer.Issue(), null)).IsLetIn();
    }

    [Theory]
    [MemberData(nameof(AllUnguarded))]
    public async Task BoundToken_InASchemeThatIsLeftUnguarded_IsLetIn(SchemeWiring wiring, EntranceKind entrance)
    {
        var host = await wirings.HostOf(wiring, leftUnguarded: true);

        // Shows that nothing but our refusal stood in the way.
        (await Entrances.TryAsync(host, entrance, wirings.Issuer.BoundTo(A), null)).IsLetIn();
    }
}
