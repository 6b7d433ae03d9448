using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

// R9728-2.2-1 to -3
[Requirement("R9728-2.2-1")]
public sealed class SignedMetadataTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly ECDsa P256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly ECDsa P384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private static readonly RSA Rsa = RSA.Create(2048);

    [Theory]
    [InlineData("ES256")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("RS256")]
    public async Task SignMetadata_AsymmetricKey_IsVerifiedByItsPublicHalf(string algorithm)
    {
        await using var api = await StartAsync(options => options.SignMetadata(new SigningCredentials(KeyFor(algorithm), algorithm), "https://api.test"));

        var (document, header, claims, signed, signature) = await ReadAsync(api);

        Assert.Equal(["alg", "kid", "typ"], header.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(algorithm, (string?)header["alg"]);
        Assert.Equal("resource-metadata+jwt", (string?)header["typ"]);
        Assert.True(IsSigned(algorithm, signed, signature));
        signed[^1] ^= 1;
        Assert.False(IsSigned(algorithm, signed, signature));
        AgreesWith(document, claims);
    }

    [Fact]
    public async Task SignMetadata_FlagComesAndGoes_BothCopiesAgree()
    {
        await using var api = await StartAsync(options => options.SignMetadata(new SigningCredentials(KeyFor("ES256"), "ES256"), "https://api.test"));

        var (without, _, claimsWithout, _, _) = await ReadAsync(api);
        Assert.Equal(200, (await api.GetAsync(MetadataSettings.Target, null, Api.A)).Status);
        var (with, _, claimsWith, _, _) = await ReadAsync(api);

        Assert.False(claimsWithout.ContainsKey("tls_client_certificate_bound_access_tokens"));
        Assert.True((bool?)claimsWith["tls_client_certificate_bound_access_tokens"]);
        AgreesWith(without, claimsWithout);
        AgreesWith(with, claimsWith);
    }

    [Fact]
    public async Task SignMetadata_Document_IsReadByOurOwnReader()
    {
        await using var api = await StartAsync(options => options.SignMetadata(new SigningCredentials(KeyFor("PS256"), "PS256"), "https://api.test"));

        var body = (await api.GetAsync(MetadataSettings.Target, null, null)).Body;

        Assert.True(ProtectedResourceMetadata.TryParse(Encoding.UTF8.GetBytes(body), out var metadata, out _));
        Assert.NotNull(metadata.SignedMetadata);
    }

    [Fact]
    public async Task SignMetadata_Not_NoMember()
    {
        await using var api = await StartAsync(_ => { });

        Assert.DoesNotContain("signed_metadata", (await api.GetAsync(MetadataSettings.Target, null, null)).Body, StringComparison.Ordinal);
    }

    public static TheoryData<string, SigningCredentials> Bad => new()
    {
        { "none", new SigningCredentials(KeyFor("PS256"), "none") },
        { "HMAC", new SigningCredentials(new SymmetricSecurityKey(new byte[256]), "HS256") },
        { "HMAC by its long name", new SigningCredentials(new SymmetricSecurityKey(new byte[256]), SecurityAlgorithms.HmacSha256Signature) },
        { "HMAC key, other name", new SigningCredentials(new SymmetricSecurityKey(new byte[256]), "ES256") },
        { "unknown", new SigningCredentials(KeyFor("ES256"), "ES999") },
        { "other kind of key", new SigningCredentials(KeyFor("PS256"), "ES256") },
        { "other curve", new SigningCredentials(KeyFor("ES384"), "ES256") },
        { "other curve, shorter", new SigningCredentials(KeyFor("ES256"), "ES384") },
        { "other curve, as a JWK", new SigningCredentials(JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(P384)), "ES256") },
        { "no private EC key", new SigningCredentials(new ECDsaSecurityKey(ECDsa.Create(P256.ExportParameters(false))), "ES256") },
        { "no private RSA key", new SigningCredentials(new RsaSecurityKey(Rsa.ExportParameters(false)), "PS256") },
        { "short RSA key", new SigningCredentials(new RsaSecurityKey(RSA.Create(1024)), "PS256") },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task SignMetadata_KeyThatCannotSign_HostDoesNotStart(string _, SigningCredentials credentials)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.SignMetadata(credentials, "https://api.test")));

        Assert.StartsWith("ProtectedResource:SignMetadata ", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void SignMetadata_SomethingMissing_Throws()
    {
        var options = new ProtectedResourceMetadataOptions();
        var credentials = new SigningCredentials(KeyFor("ES256"), "ES256");

        Assert.Throws<ArgumentNullException>(() => options.SignMetadata(null!, "https://api.test"));
        Assert.Throws<ArgumentNullException>(() => options.SignMetadata(credentials, null!));
        Assert.Throws<ArgumentException>(() => options.SignMetadata(credentials, " "));
    }

    private static void AgreesWith(JsonObject document, JsonObject claims)
    {
        var expected = document.DeepClone().AsObject();
        Assert.True(expected.Remove("signed_metadata"));
        expected["iss"] = "https://api.test";
        expected["iat"] = Now.ToUnixTimeSeconds();
        Assert.True(JsonNode.DeepEquals(expected, claims), claims.ToJsonString());
    }

    private static async Task<(JsonObject Document, JsonObject Header, JsonObject Claims, byte[] Signed, byte[] Signature)> ReadAsync(Api api)
    {
        var document = JsonNode.Parse((await api.GetAsync(MetadataSettings.Target, null, null)).Body)!.AsObject();
        var parts = ((string)document["signed_metadata"]!).Split('.');
        Assert.Equal(3, parts.Length);
        return (
            document,
            JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!.AsObject(),
            JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject(),
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]));
    }

    // Public halves of their own, and none of the library that signed.
    private static bool IsSigned(string algorithm, byte[] data, byte[] signature)
    {
        if (algorithm.StartsWith("ES", StringComparison.Ordinal))
        {
            using var ecdsa = ECDsa.Create((algorithm == "ES256" ? P256 : P384).ExportParameters(false));
            return ecdsa.VerifyData(data, signature, algorithm == "ES256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384);
        }

        using var rsa = RSA.Create(Rsa.ExportParameters(false));
        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, algorithm == "PS256" ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
    }

    private static SecurityKey KeyFor(string algorithm) => algorithm switch
    {
        "ES256" => new ECDsaSecurityKey(P256) { KeyId = "k" },
        "ES384" => new ECDsaSecurityKey(P384) { KeyId = "k" },
        _ => new RsaSecurityKey(Rsa) { KeyId = "k" },
    };

    private static Task<Api> StartAsync(Action<ProtectedResourceMetadataOptions> configure) => Api.StartAsync(
        [
            builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Now)),
            Api.Guarded(),
            MetadataSettings.Add(options =>
            {
                options.ResourceName = "Say \"hi\" \\ ünï 😀 </script>";
                options.LocalizedResourceNames["de"] = "Aufträge";
                options.ScopesSupported.Add("read");
                configure(options);
            }),
        ],
        TwoResources.Map());
}
