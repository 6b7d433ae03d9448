using System.Net;
using System.Net.Http.Headers;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class TestTokenIssuerTests
{
    public static TheoryData<string> Algorithms => ["ES256", "RS256"];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Issue_PlainJwtBearer_Validates(string algorithm)
    {
        using var issuer = new TestTokenIssuer(Key(algorithm));
        await using var host = await StartAsync(issuer);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, issuer.Issue()));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task FlipPayloadBit_PlainJwtBearer_Refuses(string algorithm)
    {
        using var issuer = new TestTokenIssuer(Key(algorithm));
        await using var host = await StartAsync(issuer);
        var token = issuer.Issue();

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, JwtTamper.FlipPayloadBit(token, byteIndex: 12, bit: 0)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, JwtTamper.FlipSignatureBit(token, byteIndex: 3, bit: 1)));
    }

    [Fact]
    public async Task Issue_OtherIssuersKey_Refused()
    {
        using var issuer = new TestTokenIssuer();
        using var attacker = new TestTokenIssuer();
        await using var host = await StartAsync(issuer);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, attacker.Issue()));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, attacker.Issue(_ => { }, header => header["kid"] = issuer.Key.KeyId)));
    }

    [Fact]
    public async Task Issue_FakeClock_DecidesLifetime()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero));
        using var issuer = new TestTokenIssuer(TestSigningKey.ES256(), clock);
        await using var host = await StartAsync(issuer);
        var token = issuer.Issue();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, token));
        clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(host, token));
    }

    [Fact]
    public void WithRawMembers_Duplicates_AreKept()
    {
        using var issuer = new TestTokenIssuer();

        var payload = System.Text.Encoding.UTF8.GetString(
            System.Buffers.Text.Base64Url.DecodeFromChars(JwtTamper.Split(issuer.WithRawMembers("\"cnf\":1,\"cnf\":2")).Payload));

        Assert.EndsWith("\"cnf\":1,\"cnf\":2}", payload, StringComparison.Ordinal);
    }

    [Fact]
    public void BoundTo_Certificate_CarriesItsThumbprint()
    {
        using var issuer = new TestTokenIssuer();
        using var certificate = TestCertificates.SelfSigned("alice");

        var thumbprint = JwtTamper.PayloadOf(issuer.BoundTo(certificate))["cnf"]!["x5t#S256"]!.GetValue<string>();

        Assert.Equal(43, thumbprint.Length);
        Assert.Equal(TestCertificates.Thumbprint(certificate), thumbprint);
    }

    private static TestSigningKey Key(string algorithm) => algorithm == "RS256" ? TestSigningKey.RS256() : TestSigningKey.ES256();

    private static Task<TlsApiHost> StartAsync(TestTokenIssuer issuer) => TlsApiHost.StartAsync(
        builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
            builder.Services.AddAuthorization();
        },
        app => app.MapGet("/", () => "in").RequireAuthorization());

    private static async Task<HttpStatusCode> StatusAsync(TlsApiHost host, string token)
    {
        using var client = host.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
