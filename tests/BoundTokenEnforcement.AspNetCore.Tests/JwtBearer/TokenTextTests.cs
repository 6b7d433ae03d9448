using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.JwtBearer;

/// <summary>One token has one text (RFC 7515 §2): JwtBearer accepts more, and lists of revoked texts would see several tokens.</summary>
public sealed class TokenTextTests
{
    [Theory]
    [InlineData("=")]
    [InlineData("==")]
    [InlineData("===")]
    public async Task Padding_BehindTheToken_IsRefused(string padding) => await RefusesAsync(token => token + padding);

    // The signature of ES256 has 64 octets: 86 characters, the last one with four unused bits.
    [Fact]
    public async Task UnusedBits_OfTheSignature_AreRefused()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        var token = Api.Issuer.BoundTo(Api.A);
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var last = Alphabet.IndexOf(token[^1], StringComparison.Ordinal);
        var unused = (token.Split('.')[2].Length % 4) switch { 2 => 15, 3 => 3, _ => 0 };
        Assert.NotEqual(0, unused);
        Assert.Equal(0, last & unused);

        for (var bits = 1; bits <= unused; bits++)
        {
            (await api.GetAsync(token[..^1] + Alphabet[last | bits], Api.A)).IsUnauthorized();
        }

        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(token, Api.A)).Status);
        Assert.Single(api.Visits);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("a.b.c", true)]
    [InlineData("YQ.YWI.YWJj", true)]
    [InlineData("YR.YWI.YWJj", false)]
    [InlineData("YQ.YWJ.YWJj", false)]
    [InlineData("YQ.YWI.YR", false)]
    [InlineData("YQ.YWI.YQ=", false)]
    [InlineData("YQ==.YWI.YQ", false)]
    [InlineData("YQ.YWI.YQ.YQ.YR", false)]
    [InlineData("YQ.YWI.YQ.YQ.YQ", true)]
    public void IsCanonical_Parts_EachIsLookedAt(string token, bool canonical) => Assert.Equal(canonical, CompactJwt.IsCanonical(token));

    private static async Task RefusesAsync(Func<string, string> change)
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        var token = Api.Issuer.BoundTo(Api.A);

        // The text is what is wrong: the token library takes it for the same token.
        Assert.Equal(new JsonWebToken(token).EncodedPayload, new JsonWebToken(change(token)).EncodedPayload);
        (await api.GetAsync(change(token), Api.A)).IsUnauthorized();
        Assert.Equal(StatusCodes.Status200OK, (await api.GetAsync(token, Api.A)).Status);
        Assert.Single(api.Visits);

        // JwtBearer itself refuses the other numbers of characters.
        Assert.Equal(change(token).EndsWith("==", StringComparison.Ordinal) && !change(token).EndsWith("===", StringComparison.Ordinal),
            api.Logs.From(typeof(DecisionTelemetry).FullName!).Any(static log => log.EventId.Name == "TokenTextAmbiguous"));
    }
}
