using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Everything that is tried all the time, faults or no faults.</summary>
internal static class Attacks
{
    private static readonly TestSigningKey Key = TestSigningKey.ES256();

    internal static IReadOnlyList<Attack> All { get; } =
    [
        new("no certificate", client => client.SendBareAsync(client.Token())),
        new("another's token", client => client.SendAsync(client.Victim!.Issuer.BoundTo(client.Victim.Certificate))),
        new("renewed certificate over the same key", client => client.SendRenewedAsync(client.Token())),
        new("another's certificate in a header field", client => client.SendFieldsAsync(
            ("Authorization", $"Bearer {client.Issuer.BoundTo(client.Victim!.Certificate)}"),
            ("Client-Cert", $":{Convert.ToBase64String(client.Victim.Certificate.RawData)}:"),
            ("X-Client-Cert", Convert.ToBase64String(client.Victim.Certificate.RawData)))),
        new("bit of the signature flipped", client => client.SendAsync(JwtTamper.FlipSignatureBit(client.Token(), 8, 0))),
        new("other claims under the same signature", client => client.SendAsync(
            JwtTamper.WithPayload(client.Victim!.Issuer.BoundTo(client.Victim.Certificate), claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(client.Certificate)))),
        new("signed with an unknown key", client => client.SendAsync(Forged(client, Key.KeyId))),
        new("signed with an unknown key by a known name", client => client.SendAsync(Forged(client, client.Issuer.Key.KeyId))),
        new("alg none", client => client.SendAsync(JwtTamper.WithoutAlgorithm(client.Token(), "none", keepSignature: false))),
        new("public key as shared secret", client => client.SendAsync(JwtTamper.SignedWithHmac(client.Token(), client.Issuer.Key.PublicDer()))),
        new("token without confirmation", client => client.SendAsync(client.Issuer.Issue())),
        new("empty confirmation", client => client.SendAsync(client.Issuer.WithConfirmation("{}"))),
        new("confirmation that is a text", client => client.SendAsync(client.Issuer.WithConfirmation($"\"{TestCertificates.Thumbprint(client.Certificate)}\""))),
        new("thumbprint with padding", client => client.SendAsync(
            client.Issuer.WithConfirmation($$"""{"x5t#S256":"{{TestCertificates.Thumbprint(client.Certificate)}}="}"""))),
        new("two confirmations", client => client.SendAsync(client.Issuer.WithRawMembers(
            $"\"cnf\":{TestTokenIssuer.ConfirmationOf(client.Victim!.Certificate).ToJsonString()},\"cnf\":{TestTokenIssuer.ConfirmationOf(client.Certificate).ToJsonString()}"))),
        new("confirmation of another kind", client => client.SendAsync(client.Issuer.WithConfirmation("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"""))),
        new("expired token", client => client.SendAsync(client.Issuer.BoundTo(client.Certificate, claims => claims["exp"] = Issued(claims) - 2))),
        new("token of tomorrow", client => client.SendAsync(client.Issuer.BoundTo(client.Certificate, claims => claims["nbf"] = Issued(claims) + 86_400))),
        new("token for somebody else", client => client.SendAsync(client.Issuer.BoundTo(client.Certificate, claims => claims["aud"] = "https://other.test"))),
        new("token of another issuer", client => client.SendAsync(client.Issuer.BoundTo(client.Certificate, claims => claims["iss"] = "https://other.test"))),
        new("two fields Authorization", client => client.SendRawAsync($"Authorization: Bearer {client.Token()}", $"Authorization: Bearer {client.Token()}")),
        new("token in header and query", client => client.SendTwiceAsync(client.Token())),
        new("scheme DPoP", client => client.SendFieldsAsync(("Authorization", $"DPoP {client.Token()}"))),
    ];

    private static string Forged(SoakClient client, string keyId)
    {
        // Not disposed: the key is everybody's.
        var issuer = new TestTokenIssuer(Key) { Issuer = client.Issuer.Issuer };
        return issuer.Issue(claims => claims["cnf"] = TestTokenIssuer.ConfirmationOf(client.Certificate), header => header["kid"] = keyId);
    }

    private static long Issued(JsonObject claims) => claims["iat"]!.GetValue<long>();
}
