using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-093 and D34: what a 401 can make a guarded client do.</summary>
[Requirement("AC-093", "D34")]
public sealed class GuardChallengeTests
{
    [Theory]
    [InlineData("Bearer", 1)]
    [InlineData("Bearer error=\"invalid_token\"", 1)]
    [InlineData("Bearer resource_metadata=\"{own}\"", 2)]
    [InlineData("Basic realm=\"x\", Bearer realm=\"y\", resource_metadata=\"{own}\"", 2)]
    [InlineData("Bearer resource_metadata=\"{evil}/.well-known/oauth-protected-resource\"", 2)]
    [InlineData("Bearer resource_metadata=\"{own}\", Basic realm=\"x\", DPoP resource_metadata=\"{evil}/\"", 2)]
    [InlineData("Bearer resource_metadata=\"{own}/\"", 2)]
    [InlineData("Bearer resource_metadata=\"http://169.254.169.254/\"", 2)]
    [InlineData("Bearer resource_metadata=\"file:///etc/passwd\"", 2)]
    [InlineData("Bearer resource_metadata=\"unfinished", 2)]
    [InlineData("Bearer resource_metadata=\"{own}\", resource_metadata=\"{own}\"", 2)]
    [Requirement("R9728-5.2-1")]
    public async Task Challenge_MakesUsAskTheResourceAgain_AndNobodyElse(string challenge, int fetches)
    {
        await using var evil = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(401, $"WWW-Authenticate: {Filled(challenge, guard, evil)}");

        using var response = await guard.SendAsync();
        Assert.Equal(401, (int)response.StatusCode);

        // Not repeated by us, whatever it says.
        Assert.Single(guard.ApiRequests);
        guard.Api = _ => ScriptedAnswer.Status(200);
        await guard.ArrivesAsync();
        await guard.ArrivesAsync();

        TokenBytes.Count(TokenBytes.ReceivedBy(evil, guard.Token));
        Assert.Equal(fetches, guard.MetadataRequests);
        Assert.Empty(evil.Connections);
    }

    [Theory]
    [InlineData("Bearer resource_metadata=\"{evil}/\"", true)]
    [InlineData("Bearer resource_metadata=\"unfinished", true)]
    [InlineData("Bearer resource_metadata=\"{own}\", DPoP resource_metadata=\"{evil}/\"", true)]
    [InlineData("Bearer resource_metadata=\"{own}\"", false)]
    [InlineData("Bearer", false)]
    public async Task Challenge_Contradicts_IsLogged(string challenge, bool contradicts)
    {
        await using var evil = ScriptedTlsServer.Start();
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(401, $"WWW-Authenticate: {Filled(challenge, guard, evil)}");
        using var response = await guard.SendAsync();
        Assert.Equal(contradicts, guard.Logs.Records.Any(static record => record.EventId.Name == "ChallengeContradicts"));
    }

    [Theory]
    [InlineData("Bearer resource_metadata=\"{evil}/\"")]
    [InlineData("Bearer resource_metadata=\"{own}\"")]
    [Requirement("R9728-5.2-1")]
    public async Task Challenge_AndThenTheMetadataSaysNo_NothingMoreIsSent(string challenge)
    {
        await using var evil = ScriptedTlsServer.Start();
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(401, $"WWW-Authenticate: {Filled(challenge, guard, evil)}");
        using var response = await guard.SendAsync();

        guard.Metadata = _ => ScriptedAnswer.Json(guard.Document(""" "tls_client_certificate_bound_access_tokens": false """));
        await guard.RefusedAsync(GuardFailure.EnforcementWithdrawn);
    }

    [Fact]
    public async Task Challenge_BesideAnotherStatus_MeansNothing()
    {
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(403, $"WWW-Authenticate: Bearer resource_metadata=\"{ResourceIdentifier.Parse(guard.Resource).MetadataUrl}\"");
        using var first = await guard.SendAsync();
        using var second = await guard.SendAsync();
        Assert.Equal(1, guard.MetadataRequests);
    }

    private static string Filled(string challenge, GuardFixture guard, ScriptedTlsServer evil) => challenge
        .Replace("{own}", ResourceIdentifier.Parse(guard.Resource).MetadataUrl, StringComparison.Ordinal)
        .Replace("{evil}", evil.Origin, StringComparison.Ordinal);
}
