using System.Security.Cryptography;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>RFC 9728 §2.2 and §3.3, D36.</summary>
[Requirement("D36")]
public sealed class SignedMetadataTests : IDisposable
{
    private const string Issuer = "https://federation.test";

    private readonly TestTokenIssuer _issuer = new(TestSigningKey.ES256());

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Signature_ThatHolds_GivesWhatIsSigned(string algorithm)
    {
        using var issuer = new TestTokenIssuer(algorithm == "ES256" ? TestSigningKey.ES256() : TestSigningKey.RS256());
        await using var discovery = Start(issuer.Key.PublicSecurityKey());
        Answer(discovery, Sign(issuer, Header(issuer), Claims(discovery)));

        var document = await discovery.GetAsync();

        Assert.True(document.TlsClientCertificateBoundAccessTokens);
        Assert.Equal(["https://signed.test"], document.AuthorizationServers);
        Assert.Null(document.SignedMetadata);
    }

    [Fact]
    public async Task SignedValue_AgainstThePlainOne_Wins()
    {
        await using var discovery = Start();
        var claims = Claims(discovery);
        claims["tls_client_certificate_bound_access_tokens"] = false;
        Answer(discovery, Sign(claims), """ "tls_client_certificate_bound_access_tokens": true """);

        Assert.False((await discovery.GetAsync()).TlsClientCertificateBoundAccessTokens);
    }

    [Fact]
    [Requirement("R9728-2.2-2")]
    public async Task PlainValue_ThatIsNotSigned_DoesNotCount()
    {
        await using var discovery = Start();
        var claims = Claims(discovery);
        claims.Remove("tls_client_certificate_bound_access_tokens");
        claims.Remove("authorization_servers");
        Answer(discovery, Sign(claims), """ "tls_client_certificate_bound_access_tokens": true """);

        var document = await discovery.GetAsync();

        Assert.Null(document.TlsClientCertificateBoundAccessTokens);
        Assert.Null(document.AuthorizationServers);
    }

    [Fact]
    public async Task WithoutKeys_SignedMetadataIsIgnored()
    {
        await using var discovery = DiscoveryFixture.Start();
        Answer(discovery, "not.a.jwt", """ "tls_client_certificate_bound_access_tokens": false """);

        Assert.False((await discovery.GetAsync()).TlsClientCertificateBoundAccessTokens);
    }

    [Fact]
    public async Task Missing_AlthoughKeysAreConfigured_IsRefused()
    {
        await using var discovery = Start();
        discovery.AnswerDocument();

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Theory]
    [InlineData("payload")]
    [InlineData("signature")]
    [InlineData("no signature")]
    [InlineData("four parts")]
    [InlineData("five parts")]
    [InlineData("empty")]
    [InlineData("not base64url")]
    public async Task Jwt_Tampered_IsRefused(string how)
    {
        await using var discovery = Start();
        var parts = Sign(Claims(discovery)).Split('.');
        var other = Claims(discovery);
        other["tls_client_certificate_bound_access_tokens"] = false;
        Answer(discovery, how switch
        {
            "payload" => $"{parts[0]}.{Sign(other).Split('.')[1]}.{parts[2]}",
            "signature" => $"{parts[0]}.{parts[1]}.{Sign(other).Split('.')[2]}",
            "no signature" => $"{parts[0]}.{parts[1]}.",
            "four parts" => string.Join('.', parts) + ".a",
            "five parts" => string.Join('.', parts) + ".a.b",
            "empty" => "",
            _ => $"{parts[0]}.{parts[1]}.!!!",
        });

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Fact]
    public async Task Key_OfSomebodyElse_IsRefused()
    {
        using var stranger = new TestTokenIssuer(TestSigningKey.ES256());
        await using var discovery = Start();
        Answer(discovery, Sign(stranger, Header(_issuer), Claims(discovery)));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Fact]
    public async Task Key_ThatTheHeaderBringsAlong_IsNotUsed()
    {
        using var stranger = new TestTokenIssuer(TestSigningKey.ES256());
        await using var discovery = Start();
        var header = Header(stranger);
        header["jwk"] = stranger.Key.PublicJwk();
        Answer(discovery, Sign(stranger, header, Claims(discovery)));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("ES512")]
    [InlineData("")]
    public async Task Algorithm_NotTheKeys_IsRefused(string algorithm)
    {
        await using var discovery = Start();
        var header = Header(_issuer);
        header["alg"] = algorithm;
        Answer(discovery, Sign(_issuer, header, Claims(discovery)));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    // Checked at start-up as well; here as if a key had come another way.
    [Fact]
    public async Task Algorithm_Symmetric_IsRefusedWhateverTheKey()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var options = new MetadataDiscoveryOptions { Issuer = Issuer, SigningKeys = { new SymmetricSecurityKey(secret) } };
        var plain = new ProtectedResourceMetadata { Resource = ResourceIdentifier.Parse("https://api.test"), SignedMetadata = Hmac(secret) };

        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(
            () => SignedMetadata.Create(options, TimeProvider.System)!.VerifyAsync(plain).AsTask());

        Assert.Equal(GuardFailure.MetadataSignatureInvalid, refused.Failure);
    }

    [Theory]
    [InlineData("""["exp"]""")]
    [InlineData("""["b64"]""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task CriticalHeader_Any_IsRefused(string crit)
    {
        await using var discovery = Start();
        var header = Header(_issuer);
        header["crit"] = JsonNode.Parse(crit);
        Answer(discovery, Sign(_issuer, header, Claims(discovery)));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Fact]
    public async Task Header_WithAMemberTwice_IsRefused()
    {
        await using var discovery = Start();
        Answer(discovery, _issuer.SignRaw("""{"alg":"ES256","alg":"ES256"}""", Claims(discovery).ToJsonString()));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Theory]
    [InlineData("iss", null)]
    [InlineData("iss", "\"https://FEDERATION.test\"")]
    [InlineData("iss", "\"https://federation.test/\"")]
    [InlineData("iss", "[\"https://federation.test\"]")]
    [InlineData("iss", "1")]
    [InlineData("resource", null)]
    [InlineData("resource", "\"https://other.test/api\"")]
    [InlineData("resource", "1")]
    [InlineData("tls_client_certificate_bound_access_tokens", "\"true\"")]
    [InlineData("signed_metadata", "\"a.b.c\"")]
    [InlineData("signed_metadata", "null")]
    [InlineData("exp", "\"9999999999\"")]
    [InlineData("exp", "null")]
    [InlineData("exp", "0")]
    [InlineData("exp", "1e300")]
    [InlineData("nbf", "99999999999")]
    [InlineData("nbf", "\"0\"")]
    public async Task Claim_NotAsItMustBe_IsRefused(string name, string? value)
    {
        await using var discovery = Start();
        var claims = Claims(discovery);
        claims.Remove(name);
        if (value is not null)
        {
            claims[name] = JsonNode.Parse(value);
        }

        Answer(discovery, Sign(claims));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Fact]
    public async Task Claim_Twice_IsRefused()
    {
        await using var discovery = Start();
        var claims = Claims(discovery).ToJsonString();
        Answer(discovery, _issuer.SignRaw(Header(_issuer).ToJsonString(), $$"""{"iss":"https://evil.test",{{claims[1..]}}"""));

        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
    }

    [Fact]
    [Requirement("R9728-3.3-3")]
    public async Task PlainResource_Another_IsRefusedWhateverIsSigned()
    {
        await using var discovery = Start();
        discovery.Answer(ScriptedAnswer.Json($$"""{"resource":"https://other.test/api","signed_metadata":"{{Sign(Claims(discovery))}}"}"""));

        await discovery.RefusedAsync(GuardFailure.MetadataOfAnotherResource);
    }

    [Fact]
    public async Task Life_EndsWithTheSignature()
    {
        await using var discovery = Start();
        var claims = Claims(discovery);
        claims["nbf"] = discovery.Clock.GetUtcNow().ToUnixTimeSeconds();
        claims["exp"] = discovery.Clock.GetUtcNow().ToUnixTimeSeconds() + 20;
        Answer(discovery, Sign(claims));
        await discovery.GetAsync();

        discovery.Clock.Advance(TimeSpan.FromSeconds(18));
        await discovery.GetAsync();
        Assert.Single(discovery.Server.Requests);

        // Below the shortest life of a document, and yet past that of this one.
        discovery.Clock.Advance(TimeSpan.FromSeconds(2));
        await discovery.RefusedAsync(GuardFailure.MetadataSignatureInvalid);
        Assert.Equal(2, discovery.Server.Requests.Count);
    }

    [Fact]
    public async Task Flag_WithdrawnInWhatIsSigned_IsAWithdrawal()
    {
        await using var discovery = Start();
        Answer(discovery, Sign(Claims(discovery)));
        await discovery.GetAsync();
        discovery.Clock.Advance(TimeSpan.FromMinutes(10));
        var claims = Claims(discovery);
        claims["tls_client_certificate_bound_access_tokens"] = false;
        Answer(discovery, Sign(claims), """ "tls_client_certificate_bound_access_tokens": true """);

        await discovery.RefusedAsync(GuardFailure.EnforcementWithdrawn);
    }

    public void Dispose() => _issuer.Dispose();

    private DiscoveryFixture Start() => Start(_issuer.Key.PublicSecurityKey());

    private static DiscoveryFixture Start(SecurityKey key) => DiscoveryFixture.Start(options =>
    {
        options.Metadata.Issuer = Issuer;
        options.Metadata.SigningKeys.Add(key);
    });

    private static void Answer(DiscoveryFixture discovery, string jwt, string members = """ "resource_name": "plain" """) =>
        discovery.Answer(ScriptedAnswer.Json(discovery.Document($""" "signed_metadata": "{jwt}", {members} """)));

    private static JsonObject Header(TestTokenIssuer issuer) => new() { ["alg"] = issuer.Key.Algorithm, ["kid"] = issuer.Key.KeyId };

    private static JsonObject Claims(DiscoveryFixture discovery) => new()
    {
        ["iss"] = Issuer,
        ["resource"] = discovery.Resource.Value,
        ["authorization_servers"] = new JsonArray("https://signed.test"),
        ["tls_client_certificate_bound_access_tokens"] = true,
    };

    private string Sign(JsonObject claims) => Sign(_issuer, Header(_issuer), claims);

    private static string Sign(TestTokenIssuer issuer, JsonObject header, JsonObject claims) => issuer.SignRaw(header.ToJsonString(), claims.ToJsonString());

    private static string Hmac(byte[] secret)
    {
        var signed = $"{Base64UrlEncoder.Encode("""{"alg":"HS256"}""")}.{Base64UrlEncoder.Encode($$"""{"iss":"{{Issuer}}","resource":"https://api.test"}""")}";
        return $"{signed}.{Base64UrlEncoder.Encode(HMACSHA256.HashData(secret, System.Text.Encoding.ASCII.GetBytes(signed)))}";
    }
}
