using CsCheck;

namespace BoundTokenEnforcement.Tests;

public class BearerChallengeTests
{
    [Fact]
    public void ToString_Rfc6750Example_IsWrittenAsThere() => Assert.Equal(
        "Bearer realm=\"example\", error=\"invalid_token\", error_description=\"The access token expired\"",
        new BearerChallenge { Realm = "example", Error = BearerError.InvalidToken, ErrorDescription = "The access token expired" }.ToString());

    [Fact]
    public void ToString_Rfc9728Example_IsWrittenAsThere() => Assert.Equal(
        "Bearer resource_metadata=\"https://resource.example.com/.well-known/oauth-protected-resource\"",
        new BearerChallenge { ResourceMetadata = ResourceIdentifier.Parse("https://resource.example.com").MetadataUrl }.ToString());

    [Fact]
    public void ToString_Everything_HasAFixedOrder() => Assert.Equal(
        "Bearer realm=\"r\", error=\"insufficient_scope\", error_description=\"d\", error_uri=\"https://h/e\", scope=\"a b\", resource_metadata=\"https://h/m\"",
        new BearerChallenge
        {
            Realm = "r",
            Error = BearerError.InsufficientScope,
            ErrorDescription = "d",
            ErrorUri = "https://h/e",
            Scope = "a b",
            ResourceMetadata = "https://h/m",
        }.ToString());

    [Fact]
    [Requirement("R6750-3-4")]
    public void ToString_RealmWithQuotes_IsEscaped() =>
        Assert.Equal("""Bearer realm="Login to \"apps\\\"" """.TrimEnd(), new BearerChallenge { Realm = "Login to \"apps\\\"" }.ToString());

    [Fact]
    [Requirement("AC-081")]
    public void HasParameters_NothingSet_TellsThatTheChallengeIsBare()
    {
        Assert.False(new BearerChallenge().HasParameters);
        Assert.Equal("Bearer", new BearerChallenge().ToString());
        Assert.True(new BearerChallenge { Realm = "" }.HasParameters);
        Assert.True(new BearerChallenge { Error = "e" }.HasParameters);
        Assert.True(new BearerChallenge { ErrorDescription = "e" }.HasParameters);
        Assert.True(new BearerChallenge { ErrorUri = "e" }.HasParameters);
        Assert.True(new BearerChallenge { Scope = "e" }.HasParameters);
        Assert.True(new BearerChallenge { ResourceMetadata = "https://h" }.HasParameters);
    }

    public static TheoryData<string, string> ForbiddenValues()
    {
        var data = new TheoryData<string, string>();
        string[] nowhere = ["a\rb", "a\nb", "a\r\nX-Injected: 1", "a\0b", "a\tb", "a\u007Fb", "aéb", "a\u2028b"];
        foreach (var property in new[] { "Realm", "Error", "ErrorDescription", "ErrorUri", "Scope", "ResourceMetadata" })
        {
            foreach (var value in nowhere)
            {
                data.Add(property, value);
            }
        }

        foreach (var property in new[] { "Error", "ErrorDescription", "ErrorUri", "Scope", "ResourceMetadata" })
        {
            data.Add(property, "");
            data.Add(property, "a\"b");
            data.Add(property, "a\\b");

            // AC-081
            data.Add(property, "a\", error=\"insufficient_scope\", scope=\"admin");
        }

        data.Add("ErrorUri", "https://h/a b");
        data.Add("Scope", " a");
        data.Add("Scope", "a ");
        data.Add("Scope", "a  b");
        data.Add("ResourceMetadata", "http://h");
        data.Add("ResourceMetadata", "/m");
        data.Add("ResourceMetadata", "https://u@h");
        data.Add("ResourceMetadata", "https://h/a b");
        data.Add("ResourceMetadata", "https://h/\"a");
        return data;
    }

    [Theory]
    [MemberData(nameof(ForbiddenValues))]
    public void Construction_ForbiddenValue_Throws(string property, string value) =>
        Assert.Equal(property, Assert.Throws<ArgumentException>(() => With(property, value)).ParamName);

    [Theory]
    [MemberData(nameof(ForbiddenValues))]
    public void TryFrom_ForbiddenValue_IsFalse(string property, string value)
    {
        var received = new AuthenticationChallenge("Bearer", token68: null, new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [WireName(property)] = value });

        Assert.False(BearerChallenge.TryFrom(received, out var challenge));
        Assert.Null(challenge);
    }

    [Theory]
    [InlineData("Realm", "")]
    [InlineData("Realm", "a\", error=\"x\\")]
    [InlineData("Error", "a b!#[]~")]
    [InlineData("ErrorDescription", "The access token's time is over (it was short).")]
    [InlineData("ErrorUri", "urn:x")]
    [InlineData("Scope", "read")]
    [InlineData("Scope", "read https://h/scope.write !#[]~")]
    [InlineData("ResourceMetadata", "https://h:8443/.well-known/oauth-protected-resource/a?b=c")]
    public void Construction_AllowedValue_RoundTrips(string property, string value)
    {
        var challenge = With(property, value);

        Assert.Equal(challenge.ToString(), Read(challenge.ToString()).ToString());
        Assert.Equal(value, typeof(BearerChallenge).GetProperty(property)!.GetValue(Read(challenge.ToString())));
    }

    [Theory]
    [InlineData("Realm", "")]
    [InlineData("Error", "")]
    [InlineData("ErrorDescription", "")]
    [InlineData("ErrorUri", "")]
    [InlineData("Scope", "")]
    [InlineData("ResourceMetadata", "https://h/")]
    public void Construction_Length_AcceptedUpToTheLimit(string property, string start)
    {
        var longest = start.PadRight(BearerChallenge.MaxValueLength, 'a');
        var received = new AuthenticationChallenge("Bearer", token68: null, new Dictionary<string, string> { [WireName(property)] = longest + "a" });

        Assert.Contains(longest, With(property, longest).ToString(), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => With(property, longest + "a"));
        Assert.False(BearerChallenge.TryFrom(received, out _));
    }

    [Fact]
    [Requirement("R6750-3-4")]
    public void ToString_RealmThatTriesToBreakOut_StaysOneParameter()
    {
        var written = new BearerChallenge { Realm = "a\", error=\"insufficient_scope\", scope=\"admin", Error = BearerError.InvalidToken }.ToString();

        Assert.True(AuthenticationChallenge.TryParseAll([written], out var challenges));
        Assert.Equal(2, Assert.Single(challenges).Parameters.Count);
        Assert.Equal("invalid_token", challenges[0].Parameters["error"]);
    }

    [Fact]
    public void TryFrom_OtherCaseAndUnknownParameters_IsRead()
    {
        var challenge = Read("bEARER Realm=x, ERROR=invalid_token, nonce=\"é\"");

        Assert.Equal("x", challenge.Realm);
        Assert.Equal(BearerError.InvalidToken, challenge.Error);
        Assert.Null(challenge.Scope);
    }

    [Theory]
    [InlineData("Basic realm=x")]
    [InlineData("DPoP error=invalid_token")]
    [InlineData("Bearer abc=")]
    [InlineData("Bearer error=\"é\"")]
    [InlineData("Bearer resource_metadata=\"http://169.254.169.254/\"")]
    public void TryFrom_NotABearerChallenge_IsFalse(string line)
    {
        Assert.True(AuthenticationChallenge.TryParseAll([line], out var challenges));
        Assert.False(BearerChallenge.TryFrom(Assert.Single(challenges), out _));
    }

    [Fact]
    public void TryFrom_Null_Throws() => Assert.Throws<ArgumentNullException>(() => BearerChallenge.TryFrom(null!, out _));

    [Fact]
    public void TryParseAll_ResourceMetadataInTheSecondChallenge_IsFound()
    {
        Assert.True(AuthenticationChallenge.TryParseAll(["Basic realm=\"x\", Bearer error=\"invalid_token\", resource_metadata=\"https://h/m\""], out var challenges));
        Assert.True(BearerChallenge.TryFrom(challenges[1], out var bearer));
        Assert.Equal("https://h/m", bearer.ResourceMetadata);
    }

    [Fact]
    public void ToString_AnyAcceptedValues_ReadBackTheSame()
    {
        var printable = Gen.Char[' ', '~'];
        var plain = printable.Where(character => character is not ('"' or '\\'));
        var word = Gen.String[plain.Where(character => character != ' '), 1, 20];
        Gen.Select(
            Gen.String[printable, 0, 40].Null(),
            Gen.String[plain, 1, 40].Null(),
            Gen.String[plain, 1, 40].Null(),
            word.Null(),
            word.List[1, 4].Select(words => string.Join(' ', words)).Null(),
            Gen.String[Gen.Char.AlphaNumeric, 1, 20].Select(host => "https://" + host).Null())
            .Sample((realm, error, description, uri, scope, metadata) =>
            {
                var challenge = new BearerChallenge { Realm = realm, Error = error, ErrorDescription = description, ErrorUri = uri, Scope = scope, ResourceMetadata = metadata };
                var read = Read(challenge.ToString());

                Assert.Equal((realm, error, description, uri, scope, metadata), (read.Realm, read.Error, read.ErrorDescription, read.ErrorUri, read.Scope, read.ResourceMetadata));
            }, iter: 2_000);
    }

    [Fact]
    public void Construction_AnyText_ThrowsOrWritesOneChallenge() =>
        Gen.Select(Gen.Int[0, 5], Gen.OneOf(Gen.String, Gen.String[Gen.Char["a \"\\,=\r\n"], 0, 10])).Sample((which, value) =>
        {
            BearerChallenge challenge;
            try
            {
                challenge = With(new[] { "Realm", "Error", "ErrorDescription", "ErrorUri", "Scope", "ResourceMetadata" }[which], value);
            }
            catch (ArgumentException)
            {
                return;
            }

            Assert.True(AuthenticationChallenge.TryParseAll([challenge.ToString()], out var challenges));
            Assert.Equal(value, Assert.Single(Assert.Single(challenges).Parameters).Value);
        }, iter: 5_000);

    private static BearerChallenge Read(string line)
    {
        Assert.True(AuthenticationChallenge.TryParseAll([line], out var challenges));
        Assert.True(BearerChallenge.TryFrom(Assert.Single(challenges), out var bearer));
        return bearer;
    }

    private static BearerChallenge With(string property, string value) => property switch
    {
        "Realm" => new BearerChallenge { Realm = value },
        "Error" => new BearerChallenge { Error = value },
        "ErrorDescription" => new BearerChallenge { ErrorDescription = value },
        "ErrorUri" => new BearerChallenge { ErrorUri = value },
        "Scope" => new BearerChallenge { Scope = value },
        _ => new BearerChallenge { ResourceMetadata = value },
    };

    private static string WireName(string property) => property switch
    {
        "Realm" => "realm",
        "Error" => "error",
        "ErrorDescription" => "error_description",
        "ErrorUri" => "error_uri",
        "Scope" => "scope",
        _ => "resource_metadata",
    };
}
