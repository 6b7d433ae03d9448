using CsCheck;

namespace BoundTokenEnforcement.Tests;

public class BearerCredentialsTests
{
    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer abc", "abc")] // AC-049
    [InlineData("BEARER abc", "abc")]
    [InlineData("BeArEr abc", "abc")]
    [InlineData("Bearer  abc", "abc")] // AC-050
    [InlineData("Bearer   abc", "abc")]
    [InlineData("Bearer aZ09-._~+/", "aZ09-._~+/")]
    [InlineData("Bearer abc=", "abc=")]
    [InlineData("Bearer a====", "a====")]
    [InlineData("Bearer e30.e30.c2ln", "e30.e30.c2ln")]
    [InlineData("Bearer Bearer", "Bearer")]
    [Requirement("AC-049", "AC-050")]
    public void Read_OneToken_IsReturned(string fieldValue, string expected)
    {
        Assert.Equal(BearerCredentialsReading.Token, BearerCredentials.Read(fieldValue, out var token));
        Assert.Equal(expected, token.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")] // AC-056
    [InlineData(" ")]
    [InlineData("Bearer")]
    [InlineData("bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer   ")]
    [InlineData("Basic eDp5")]
    [InlineData("DPoP abc")]
    [InlineData("Bearerx abc")]
    [InlineData("Bearer-x abc")]
    [InlineData("Negotiate")]
    [InlineData("Digest username=\"a\", realm=\"b\"")]
    [InlineData("Digest username=\"a\", bearer-like=\"b\"")]
    [Requirement("AC-056")]
    public void Read_NoBearerToken_IsNone(string? fieldValue) => AssertNothingRead(BearerCredentialsReading.None, fieldValue);

    [Theory]
    [InlineData("Bearer \"abc\"")] // AC-056
    [InlineData("Bearer\tabc")] // AC-051
    [InlineData("Bearer \tabc")]
    [InlineData("Bearer abc\t")]
    [InlineData("Bearer\u00A0abc")]
    [InlineData("Bearer\u0085abc")]
    [InlineData("Bearer\u2003abc")]
    [InlineData("Bearer \u2003abc")]
    [InlineData("Bearer\r\n abc")]
    [InlineData("Bearer abc def")] // D16
    [InlineData("Bearer abc ")]
    [InlineData("Bearer abc,")]
    [InlineData("Bearer,abc")]
    [InlineData("Bearer=abc")]
    [InlineData("Bearer/abc")]
    [InlineData("Bearer abc,Bearer def")] // AC-047
    [InlineData("Bearer abc, Bearer def")]
    [InlineData("Bearer, Bearer abc")]
    [InlineData("Bearer ,Bearer abc")]
    [InlineData("Bearer abc, Basic eDp5")]
    [InlineData("Basic eDp5,Bearer abc")] // AC-048
    [InlineData("Basic eDp5, Bearer abc")]
    [InlineData("Basic eDp5 \t, \t bEaReR abc")]
    [InlineData("Basic eDp5, DPoP abc, Bearer def")]
    [InlineData("Basic eDp5, Bearer")]
    [InlineData("Basic eDp5, Bearer\tabc")]
    [InlineData(" Bearer abc")]
    [InlineData("\tBearer abc")]
    [InlineData(",Bearer abc")]
    [InlineData("\"Bearer abc")]
    [InlineData("\u00A0Bearer abc")]
    [InlineData("Bearer =")]
    [InlineData("Bearer a=b")]
    [InlineData("Bearer abc%20")]
    [InlineData("Bearer {abc}")]
    [InlineData("Bearer åbc")]
    [InlineData("Bearer abc\0")]
    [Requirement("AC-047", "AC-048", "AC-051", "AC-056", "D16")]
    public void Read_AnythingElse_IsMalformed(string fieldValue) => AssertNothingRead(BearerCredentialsReading.Malformed, fieldValue);

    [Fact]
    public void Read_Length_AcceptedUpToTheLimit()
    {
        var longest = "Bearer ".PadRight(BearerCredentials.MaxLength, 'a');

        Assert.Equal(BearerCredentialsReading.Token, BearerCredentials.Read(longest, out _));
        AssertNothingRead(BearerCredentialsReading.Malformed, longest + "a");
        AssertNothingRead(BearerCredentialsReading.Malformed, "Basic ".PadRight(BearerCredentials.MaxLength + 1, 'a'));
    }

    [Fact]
    public void Reading_Default_IsMalformed() => Assert.Equal(BearerCredentialsReading.Malformed, default);

    [Theory]
    [InlineData("Bearer e30.e30.c2ln")]
    [InlineData("Basic eDp5, Bearer abc")]
    public void Read_AnyValue_AllocatesNothing(string fieldValue)
    {
        BearerCredentials.Read(fieldValue, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        BearerCredentials.Read(fieldValue, out _);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Read_AnyText_ReturnsOnlyWhatTheGrammarAllows() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["Bearer ab=,\t\""], 0, 20], Gen.String[Gen.Char["ab=, \t"], 0, 10].Select(text => "Bearer " + text)).Sample(text =>
        {
            var reading = BearerCredentials.Read(text, out var token);

            // The grammar a second time, as RFC 6750 §2.1 has it.
            var grammar = System.Text.RegularExpressions.Regex.Match(text, @"\A[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)\z");
            Assert.Equal(grammar.Success, reading == BearerCredentialsReading.Token);
            Assert.Equal(grammar.Groups[1].Value, token.ToString());
        }, iter: 20_000);

    private static void AssertNothingRead(BearerCredentialsReading expected, string? fieldValue)
    {
        Assert.Equal(expected, BearerCredentials.Read(fieldValue, out var token));
        Assert.True(token.IsEmpty);
    }
}
