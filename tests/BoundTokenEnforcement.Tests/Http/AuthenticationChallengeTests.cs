using CsCheck;

namespace BoundTokenEnforcement.Tests;

public class AuthenticationChallengeTests
{
    [Fact]
    public void TryParseAll_Rfc9110Example_GivesTwoChallenges()
    {
        var challenges = Parse("""Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"" """.TrimEnd());

        Assert.Equal(2, challenges.Count);
        Assert.Equal("Basic", challenges[0].Scheme);
        Assert.Equal("simple", Assert.Single(challenges[0].Parameters).Value);
        Assert.Equal("Newauth", challenges[1].Scheme);
        Assert.Equal(3, challenges[1].Parameters.Count);
        Assert.Equal("1", challenges[1].Parameters["type"]);
        Assert.Equal("Login to \"apps\"", challenges[1].Parameters["title"]);
        Assert.Null(challenges[1].Token68);
    }

    [Theory]
    [InlineData("Bearer", "Bearer()")]
    [InlineData("Bearer ", "Bearer()")]
    [InlineData("Bearer,", "Bearer()")]
    [InlineData("Bearer, Basic", "Bearer() Basic()")]
    [InlineData("Negotiate abc==", "Negotiate:abc==()")]
    [InlineData("Negotiate abc== , Bearer a=b", "Negotiate:abc==() Bearer(a=b)")]
    [InlineData("Negotiate realm=", "Negotiate:realm=()")]
    [InlineData("Bearer a=b", "Bearer(a=b)")]
    [InlineData("Bearer   a=b", "Bearer(a=b)")]
    [InlineData("Bearer a = b\t,\tc= \"d\"", "Bearer(a=b,c=d)")]
    [InlineData("Bearer a=b,,, ,c=d,", "Bearer(a=b,c=d)")]
    [InlineData(",, Bearer a=b", "Bearer(a=b)")]
    [InlineData("Bearer a=\"\"", "Bearer(a=)")]
    [InlineData("Bearer a=\"x, Basic b=c\"", "Bearer(a=x, Basic b=c)")]
    [InlineData("Bearer a=\"\\\\\\x\\\"\"", "Bearer(a=\\x\")")]
    [InlineData("Bearer a=\"é\t\"", "Bearer(a=é\t)")]
    [InlineData("Bearer a=b, a=c d=e", null)]
    [InlineData("Bearer a=b, Basic a=c", "Bearer(a=b) Basic(a=c)")]
    [InlineData("Bearer a=1, DPoP algs=\"ES256\", Basic", "Bearer(a=1) DPoP(algs=ES256) Basic()")]
    [InlineData("", "")]
    [InlineData(" , ,", "")]
    public void TryParseAll_Line_GivesTheseChallenges(string line, string? expected)
    {
        Assert.Equal(expected is not null, AuthenticationChallenge.TryParseAll([line], out var challenges));
        Assert.Equal(expected ?? "", Show(challenges));
    }

    [Theory]
    [InlineData("=")]
    [InlineData("\"Bearer\"")]
    [InlineData("Bearer=a")]
    [InlineData("Bearer/a")]
    [InlineData("Bearer a=b c=d")]
    [InlineData("Bearer a=b Basic")]
    [InlineData("Bearer abc def")]
    [InlineData("Bearer abc a=b")]
    [InlineData("Bearer abc=, a=b")]
    [InlineData("Bearer, a=b")]
    [InlineData("Bearer ,a=b")]
    [InlineData("Bearer\ta=b")]
    [InlineData("Bearer \ta=b")]
    [InlineData("Bearer a=b, =c")]
    [InlineData("Bearer =c")]
    [InlineData("Bearer a=, b=c")]
    [InlineData("Bearer a=b=c")]
    [InlineData("Bearer a=\"b")]
    [InlineData("Bearer a=\"b\\")]
    [InlineData("Bearer a=\"b\\\"")]
    [InlineData("Bearer a=\"b\"c")]
    [InlineData("Bearer a=\"b\" c=\"d\"")]
    [InlineData("Bearer a='b c'")]
    [InlineData("Bearer a=\"b\r\nc\"")]
    [InlineData("Bearer a=\"b\\\nc\"")]
    [InlineData("Bearer a=\"b\0c\"")]
    [InlineData("Bearer a=\"\u007F\"")]
    [InlineData("Bearer a=\"\u2003\"")]
    [InlineData("Bearer a=é")]
    [InlineData("Bearér a=b")]
    [InlineData("Bearer a=b; c=d")]
    [InlineData("Bearer a=b, a=b")]
    [InlineData("Bearer a=b, A=c")]
    [InlineData("Bearer a=b, c=d, Basic x=y, x=z")]
    public void TryParseAll_MalformedLine_ReturnsNothing(string line)
    {
        Assert.False(AuthenticationChallenge.TryParseAll([line], out var challenges));
        Assert.Empty(challenges);
        Assert.False(AuthenticationChallenge.TryParseAll(["Basic realm=\"good\"", line], out challenges));
        Assert.Empty(challenges);
    }

    [Fact]
    public void TryParseAll_SeveralLines_AreReadInOrder()
    {
        Assert.True(AuthenticationChallenge.TryParseAll(["Basic realm=x", null, "Bearer a=b, DPoP c=d"], out var challenges));
        Assert.Equal("Basic(realm=x) Bearer(a=b) DPoP(c=d)", Show(challenges));
        Assert.True(AuthenticationChallenge.TryParseAll([], out challenges));
        Assert.Empty(challenges);
    }

    [Fact]
    public void TryParseAll_ParameterOnTheNextLine_IsMalformed() =>
        Assert.False(AuthenticationChallenge.TryParseAll(["Bearer a=b", "c=d"], out _));

    [Fact]
    public void Parameters_OtherCase_AreFound() => Assert.Equal("b", Parse("Bearer Realm=b")[0].Parameters["rEALM"]);

    [Fact]
    public void TryParseAll_Length_AcceptedUpToTheLimitOverAllLines()
    {
        var half = "Bearer ".PadRight(AuthenticationChallenge.MaxLength / 2, 'a');

        Assert.True(AuthenticationChallenge.TryParseAll([half, half], out var challenges));
        Assert.Equal(2, challenges.Count);
        Assert.False(AuthenticationChallenge.TryParseAll([half, half, ","], out challenges));
        Assert.Empty(challenges);
    }

    [Fact]
    public void TryParseAll_Null_Throws() => Assert.Throws<ArgumentNullException>(() => AuthenticationChallenge.TryParseAll(null!, out _));

    [Fact]
    public void TryParseAll_AnyText_DoesNotThrow() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["ab =,\"\\\t1"], 0, 30]).List[0, 3].Sample(lines =>
        {
            var good = AuthenticationChallenge.TryParseAll(lines, out var challenges);
            Assert.True(good || challenges.Count == 0);
        }, iter: 20_000);

    private static IReadOnlyList<AuthenticationChallenge> Parse(string line)
    {
        Assert.True(AuthenticationChallenge.TryParseAll([line], out var challenges));
        return challenges;
    }

    private static string Show(IReadOnlyList<AuthenticationChallenge> challenges) => string.Join(' ', challenges.Select(challenge =>
        challenge.Scheme
        + (challenge.Token68 is null ? "" : ":" + challenge.Token68)
        + "(" + string.Join(',', challenge.Parameters.Select(parameter => parameter.Key + "=" + parameter.Value)) + ")"));
}
