using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.AspNetCore.Tests.Telemetry;

public sealed class SecretsTests
{
    // AC-121
    [Fact]
    [Requirement("AC-121")]
    public async Task Pipeline_AtTrace_WritesNoTokenAndNoCertificate()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded(options => options.SaveToken = true));
        var good = Api.Issuer.BoundTo(Api.A);
        string[] tokens =
        [
            good,
            Api.Issuer.Issue(),
            Api.Issuer.WithConfirmation("{}"),
            Api.Issuer.WithConfirmation("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}"""),
            Api.Issuer.WithRawMembers("\"cnf\":1,\"cnf\":2"),
            Api.Issuer.SignRaw(Api.Issuer.Header().ToJsonString(), "[]"),
            Api.Issuer.BoundTo(Api.A, claims => claims["exp"] = 1),
            Api.Issuer.BoundTo(Api.A, claims => claims["aud"] = "https://other.test"),
            JwtTamper.FlipSignatureBit(good, 3, 1),
            JwtTamper.WithoutAlgorithm(good, "none", keepSignature: false),
            JwtTamper.WithHeader(good, header => header["kid"] = "other"),
        ];

        foreach (var token in tokens)
        {
            await api.GetAsync(token, Api.A);
            await api.GetAsync(token, Api.B);
            await api.GetAsync(token, null);
            await api.SendAsync("/", context => context.Request.Headers.Authorization = $"Bearer {token} {token}");
            await api.SendAsync("/", context => context.Request.Headers.Authorization = $"DPoP {token}");
        }

        Assert.NotEmpty(api.Logs.From("BoundTokenEnforcement"));
        api.Logs.AssertContainsNone([.. tokens, .. Written(Api.A.RawData), .. Written(Api.B.RawData)]);
        Assert.DoesNotContain(
            api.Metrics.Measurements.SelectMany(measured => measured.Tags.Values),
            tag => tokens.Any(token => token.Split('.').Any(segment => segment.Length > 0 && tag!.Contains(segment, StringComparison.Ordinal))));
    }

    // AC-035, AC-122
    [Theory]
    [InlineData("one\r\ntwo: forged line")]
    [InlineData("one\u001b[31mtwo")]
    [InlineData("one\u2028two")]
    [InlineData("one\0two")]
    [Requirement("AC-035", "AC-122")]
    public async Task Pipeline_ControlCharactersInTheToken_DoNotReachOurRecords(string hostile)
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        // The table of the start-up audit has several lines; nothing was received yet.
        api.Logs.Clear();
        void Poison(System.Text.Json.Nodes.JsonObject claims)
        {
            claims["sub"] = hostile;
            claims["jti"] = hostile;
            claims[hostile] = hostile;
        }

        await api.GetAsync(Api.Issuer.BoundTo(Api.A, Poison), Api.A);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A, Poison), null);
        await api.GetAsync(Api.Issuer.WithConfirmation($$"""{"x5t#S256":{{System.Text.Json.JsonSerializer.Serialize(hostile)}}}"""), Api.A);
        (await api.GetAsync(Api.Issuer.Issue(Poison, header => header["kid"] = hostile), Api.A)).IsUnauthorized();

        Assert.All(api.Logs.Records, log => Assert.DoesNotContain(hostile, log.Message, StringComparison.Ordinal));
        var ours = api.Logs.From("BoundTokenEnforcement");
        Assert.NotEmpty(ours);
        Assert.All(ours, log => Assert.DoesNotContain(log.Everything, character => char.IsControl(character) || character == '\u2028'));
    }

    private static string[] Written(byte[] certificate) =>
    [
        // Long enough to be that certificate's and nobody else's.
        Convert.ToBase64String(certificate)[..80],
        Convert.ToBase64String(certificate)[^80..],
        Convert.ToHexString(certificate)[^80..],
        Convert.ToHexStringLower(certificate)[^80..],
    ];
}
