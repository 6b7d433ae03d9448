using System.Security.Cryptography.X509Certificates;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Revoked certificates, by the real AddCertificate(), a list and a responder on the loopback address, and what the sample makes of an outage.</summary>
public sealed class RevocationTests
{
    public enum Means
    {
        List,
        Responder,
    }

    public enum State
    {
        Good,
        Revoked,
        Down,
        RevokedAndDown,
    }

    public static TheoryData<string, Means, State, bool> Table => new(
        from check in Enum.GetValues<RevocationCheck>()
        from means in Enum.GetValues<Means>()
        from state in Enum.GetValues<State>()
        select (check.ToString(), means, state, check switch
        {
            RevocationCheck.Strict => state == State.Good,
            RevocationCheck.TolerateOutage => state != State.Revoked,
            _ => true,
        }));

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Certificate_AsItsAuthoritySays_IsInOrNot(string check, Means means, State state, bool isIn)
    {
        await using var authority = await RevocationAuthority.StartAsync();
        await using var api = await TrustedApi.StartAsync(authority.Certificate, Enum.Parse<RevocationCheck>(check));
        using var leaf = Issue(authority, means);
        if (state is State.Revoked or State.RevokedAndDown)
        {
            authority.Revoke(leaf);
        }

        if (state is State.Down or State.RevokedAndDown)
        {
            await authority.ShutDownAsync();
        }

        await (isIn ? api.AdmitsAsync(leaf) : api.RefusesAsync(leaf));
        Assert.Equal(check != nameof(RevocationCheck.Skip) && state is State.Good or State.Revoked && check != nameof(RevocationCheck.Skip), authority.Answers > 0);
    }

    // The responder is killed in the middle: who was looked at before goes on, by what the platform and the cache remember; who comes anew is refused.
    [Theory]
    [InlineData(Means.List)]
    [InlineData(Means.Responder)]
    public async Task Responder_KilledInTheMiddle_OnlyThoseWhoWereSeenGoOn(Means means)
    {
        await using var authority = await RevocationAuthority.StartAsync();
        await using var api = await TrustedApi.StartAsync(authority.Certificate, RevocationCheck.Strict);
        using var before = Issue(authority, means);
        using var after = Issue(authority, means);
        await api.AdmitsAsync(before);

        await authority.ShutDownAsync();

        await api.AdmitsAsync(before);
        await api.RefusesAsync(after);
    }

    private static X509Certificate2 Issue(RevocationAuthority authority, Means means) => means == Means.List ? authority.IssueWithList("alice") : authority.IssueWithResponder("alice");
}
