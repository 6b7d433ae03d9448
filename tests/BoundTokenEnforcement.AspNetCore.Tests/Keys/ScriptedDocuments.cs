using BoundTokenEnforcement.TestSupport;
using Microsoft.IdentityModel.Protocols;

namespace BoundTokenEnforcement.AspNetCore.Tests.Keys;

/// <summary>The documents of an authorization server, handed out when the test says so.</summary>
internal sealed class ScriptedDocuments : IDocumentRetriever
{
    internal const string Metadata = "https://as.test/.well-known/openid-configuration";
    private const string Jwks = "https://as.test/keys";
    private int _fetches;

    /// <summary>What is published.</summary>
    internal string Keys { get; set; } = Api.Issuer.Jwks;

    /// <summary>Whether nothing can be fetched.</summary>
    internal bool IsDown { get; set; }

    /// <summary>Every fetch waits for this.</summary>
    internal Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>How many fetches were begun.</summary>
    internal int Fetches => _fetches;

    public async Task<string> GetDocumentAsync(string address, CancellationToken cancel)
    {
        if (address == Metadata)
        {
            Interlocked.Increment(ref _fetches);
            await Gate;
        }

        if (IsDown)
        {
            throw new IOException("Down.");
        }

        return address switch
        {
            Metadata => $$"""{"issuer":"{{TestTokenIssuer.DefaultIssuer}}","jwks_uri":"{{Jwks}}"}""",
            Jwks => Keys,
            _ => throw new IOException(address),
        };
    }
}
