namespace Demo;

/// <summary>The story, call by call.</summary>
internal sealed class Scenarios(DemoWorld world)
{
    private const string Orders = "/orders";
    private const string Metadata = "/.well-known/oauth-protected-resource";
    private const string Refused = "401 invalid_token";

    public async Task<IReadOnlyList<DemoRow>> RunAsync(CancellationToken cancellationToken)
    {
        var certificates = world.Certificates;
        var token = await world.Tokens.GetBoundTokenAsync("alice", certificates.Alice, cancellationToken);
        var carols = await world.Tokens.GetBoundTokenAsync("carol", certificates.Carol, cancellationToken);
        var bobs = await world.Tokens.GetUnboundTokenAsync("bob", world.BobsSecret, cancellationToken);

        var alice = new Caller("alice", "hers", token, "hers", certificates.Alice);
        var carol = new Caller("carol", "hers", carols, "hers, self-signed", certificates.Carol);
        var bob = new Caller("bob", "his, unbound", bobs, "none", null);
        var thief = new Caller("mallory", "alice's, stolen", token, "none", null);

        return
        [
            await AskAsync(alice, Orders, "200", "200"),
            await AskAsync(carol, Orders, "200", "200"),
            await AskAsync(thief, Orders, "200", Refused),
            await AskAsync(thief with { CertificateName = "mallory's", Certificate = certificates.Mallory }, Orders, "200", Refused),
            await AskAsync(
                new("mallory", "alice's, tampered", ForgedToken.Rebind(token, certificates.Mallory), "mallory's", certificates.Mallory), Orders, Refused, Refused),
            await AskAsync(alice with { CertificateName = "renewed, same key", Certificate = certificates.AliceRenewed }, Orders, "200", Refused),
            await AskAsync(bob, Orders, "200", Refused),
            await AskAsync(Caller.Anybody, Orders, "401", "401"),
            await AskAsync(Caller.Anybody, "/public", "200", "200"),
            await AskAsync(alice, "/whoami", "200 no binding", "200 her binding", WhoseBindingIsShownAsync),
            await AskAsync(Caller.Anybody, Metadata, "404", "200 it enforces", WhatIsClaimedAsync),
            await AskAsync(Caller.Anybody, Orders, "leads nowhere", "leads to metadata", WhereTheChallengeLeadsAsync),
        ];

        Task<DemoRow> AskAsync(
            Caller caller, string path, string expectedOfBearerApi, string expectedOfBoundApi, Func<ApiProcess, HttpResponseMessage, Task<string>>? describe = null) =>
            CompareAsync(caller, path, describe ?? ((_, response) => Task.FromResult(Answer.Status(response))), expectedOfBearerApi, expectedOfBoundApi, cancellationToken);
    }

    private async Task<DemoRow> CompareAsync(
        Caller caller, string path, Func<ApiProcess, HttpResponseMessage, Task<string>> describe,
        string expectedOfBearerApi, string expectedOfBoundApi, CancellationToken cancellationToken)
    {
        return new DemoRow(
            caller.Name, caller.TokenName, caller.CertificateName, path == Metadata ? "metadata" : path,
            await AnswerOfAsync(world.BearerApi), await AnswerOfAsync(world.BoundApi), expectedOfBearerApi, expectedOfBoundApi);

        Task<string> AnswerOfAsync(ApiProcess api) =>
            caller.GetAsync(api.Resource + path, world.Certificates.Authority, response => describe(api, response), cancellationToken);
    }

    private Task<string> WhoseBindingIsShownAsync(ApiProcess api, HttpResponseMessage response) =>
        Answer.MemberAsync(response, "thumbprint", Thumbprint.Of(world.Certificates.Alice), "her binding", "no binding");

    private static Task<string> WhatIsClaimedAsync(ApiProcess api, HttpResponseMessage response) =>
        Answer.MemberAsync(response, "tls_client_certificate_bound_access_tokens", true, "it enforces", "claims nothing");

    // What a client that knows nothing does: it follows the challenge, and believes a document only if it is about the resource it called.
    private async Task<string> WhereTheChallengeLeadsAsync(ApiProcess api, HttpResponseMessage refusal)
    {
        if (Answer.ChallengeParameter(refusal, "resource_metadata") is not { } metadata)
        {
            return "leads nowhere";
        }

        var found = await Caller.Anybody.GetAsync(
            metadata, world.Certificates.Authority, document => Answer.MemberAsync(document, "resource", api.Resource, "metadata", "another resource"), default);
        return found == "200 metadata" && metadata == api.Resource + Metadata ? "leads to metadata" : $"leads to {metadata}: {found}";
    }
}
