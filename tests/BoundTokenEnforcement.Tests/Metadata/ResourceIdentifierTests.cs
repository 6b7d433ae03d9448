using CsCheck;

namespace BoundTokenEnforcement.Tests;

public class ResourceIdentifierTests
{
    [Theory]
    [InlineData("https://resource.example.com", "https://resource.example.com/.well-known/oauth-protected-resource")]
    [InlineData("https://resource.example.com/resource1", "https://resource.example.com/.well-known/oauth-protected-resource/resource1")]
    [InlineData("https://resource.example.com/", "https://resource.example.com/.well-known/oauth-protected-resource")]
    [InlineData("https://h.example:8443/a/b", "https://h.example:8443/.well-known/oauth-protected-resource/a/b")]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/.well-known/oauth-protected-resource/a?tenant=1")]
    [InlineData("https://h.example?tenant=1", "https://h.example/.well-known/oauth-protected-resource?tenant=1")]
    [InlineData("https://h.example/?tenant=1", "https://h.example/.well-known/oauth-protected-resource?tenant=1")]
    [InlineData("https://h.example/a/", "https://h.example/.well-known/oauth-protected-resource/a/")]
    [InlineData("https://h.example/a%2Fb", "https://h.example/.well-known/oauth-protected-resource/a%2Fb")]
    [InlineData("https://h.example:443/%7Ea%41", "https://h.example:443/.well-known/oauth-protected-resource/%7Ea%41")]
    [InlineData("https://H.Example", "https://H.Example/.well-known/oauth-protected-resource")]
    [InlineData("https://[2001:db8::1]:8443/a", "https://[2001:db8::1]:8443/.well-known/oauth-protected-resource/a")]
    [InlineData("https://127.0.0.1:65535/x?a/b?c", "https://127.0.0.1:65535/.well-known/oauth-protected-resource/x?a/b?c")]
    [InlineData("https://h/?", "https://h/.well-known/oauth-protected-resource?")]
    [Requirement("R9728-1.2-1", "R9728-3-1")]
    public void Parse_ValidIdentifier_KeepsItAndInsertsTheWellKnownPath(string value, string metadataUrl)
    {
        var identifier = ResourceIdentifier.Parse(value);

        Assert.Equal(value, identifier.Value);
        Assert.Equal(value, identifier.ToString());
        Assert.Equal(metadataUrl, identifier.MetadataUrl);
        Assert.True(ResourceIdentifier.TryParse(value, out var tried));
        Assert.Equal(identifier, tried);
    }

    [Theory]
    [InlineData("http://h.example", "https://")]
    [InlineData("h.example/a", "https://")]
    [InlineData("/a", "https://")]
    [InlineData("", "https://")]
    [InlineData(" https://h.example", "https://")]
    [InlineData("ftp://h.example", "https://")]
    [InlineData("https:/h.example", "https://")]
    [InlineData("HTTPS://h.example", "lower case")]
    [InlineData("https://h.example/#x", "fragment")]
    [InlineData("https://h.example#", "fragment")]
    [InlineData("https://u@h.example", "user information")]
    [InlineData("https://u:p@h.example/a", "user information")]
    [InlineData("https://@h.example", "user information")]
    [InlineData("https://h.example/a b", "U+0020")]
    [InlineData("https://h.example/a ", "U+0020")]
    [InlineData("https://h.example/a\r\nX: y", "U+000D")]
    [InlineData("https://h.example/a\0", "U+0000")]
    [InlineData("https://h.example/é", "U+00E9")]
    [InlineData("https://h.example/\"a", "U+0022")]
    [InlineData("https://h.example/<a>", "U+003C")]
    [InlineData("https://bücher.example", "U+00FC")]
    [InlineData("https://h.example\\a", "backslash")]
    [InlineData("https://h.example/a\\b", "backslash")]
    [InlineData("https://", "host is empty")]
    [InlineData("https:///a", "host is empty")]
    [InlineData("https://?a", "host is empty")]
    [InlineData("https://:443", "host is empty")]
    [InlineData("https://.example", "not a host name")]
    [InlineData("https://h..example", "not a host name")]
    [InlineData("https://h.example.", "not a host name")]
    [InlineData("https://h%2eexample", "not a host name")]
    [InlineData("https://h,example", "not a host name")]
    [InlineData("https://[::1", "not a host name")]
    [InlineData("https://[::1]x", "not a host name")]
    [InlineData("https://[::g]", "not a host name")]
    [InlineData("https://[fe80::1%25eth0]", "not a host name")]
    [InlineData("https://[1.2.3.4]", "not a host name")]
    [InlineData("https://[]", "not a host name")]
    [InlineData("https://::1", "host is empty")]
    [InlineData("https://h.example:", "port")]
    [InlineData("https://h.example:0", "port")]
    [InlineData("https://h.example:0443", "port")]
    [InlineData("https://h.example:65536", "port")]
    [InlineData("https://h.example:123456", "port")]
    [InlineData("https://h.example:4294967739", "port")]
    [InlineData("https://h.example:99999999999999999999", "port")]
    [InlineData("https://h.example:+443", "port")]
    [InlineData("https://h.example:4a3", "port")]
    [InlineData("https://h.example:443:443", "port")]
    [InlineData("https://h.example/.", "dot segment")]
    [InlineData("https://h.example/a/../b", "dot segment")]
    [InlineData("https://h.example/a/..", "dot segment")]
    [InlineData("https://h.example/./a", "dot segment")]
    [InlineData("https://h.example/%2e%2E/a", "dot segment")]
    [InlineData("https://h.example/.%2e?x", "dot segment")]
    [InlineData("https://h.example/a/..;x=1/b", "dot segment")]
    [InlineData("https://h.example//a", "empty segment")]
    [InlineData("https://h.example/a//", "empty segment")]
    [InlineData("https://h.example/a%", "percent")]
    [InlineData("https://h.example/a%2", "percent")]
    [InlineData("https://h.example/%z0", "percent")]
    [InlineData("https://h.example/%0z", "percent")]
    [InlineData("https://h.example/?%0g", "percent")]
    [InlineData("https://h.example/[a]", "square bracket")]
    public void Parse_InvalidIdentifier_ThrowsNamingTheFault(string value, string named)
    {
        var exception = Assert.Throws<FormatException>(() => ResourceIdentifier.Parse(value));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.False(ResourceIdentifier.TryParse(value, out var identifier));
        Assert.Null(identifier);
    }

    [Fact]
    public void Parse_UserInformation_MessageDoesNotRepeatIt()
    {
        var exception = Assert.Throws<FormatException>(() => ResourceIdentifier.Parse("https://user:geheim@h.example"));

        Assert.DoesNotContain("geheim", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Length_AcceptedUpToTheLimit()
    {
        var longest = "https://h.example/".PadRight(ResourceIdentifier.MaxLength, 'a');

        Assert.True(ResourceIdentifier.TryParse(longest, out _));
        Assert.False(ResourceIdentifier.TryParse(longest + "a", out _));
        Assert.Contains("2048", Assert.Throws<FormatException>(() => ResourceIdentifier.Parse(longest + "a")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => ResourceIdentifier.Parse(null!));
        Assert.False(ResourceIdentifier.TryParse(null, out _));
    }

    [Theory]
    [InlineData("https://h.example", "/.well-known/oauth-protected-resource", "")]
    [InlineData("https://h.example/", "/.well-known/oauth-protected-resource", "")]
    [InlineData("https://h.example/a%2Fb", "/.well-known/oauth-protected-resource/a%2Fb", "")]
    [InlineData("https://h.example/a?tenant=1", "/.well-known/oauth-protected-resource/a", "?tenant=1")]
    [InlineData("https://h.example/?tenant=1", "/.well-known/oauth-protected-resource", "?tenant=1")]
    public void MetadataPath_And_MetadataQuery_ArePartsOfTheMetadataUrl(string value, string path, string query)
    {
        var identifier = ResourceIdentifier.Parse(value);

        Assert.Equal(path, identifier.MetadataPath);
        Assert.Equal(query, identifier.MetadataQuery);
        Assert.EndsWith(path + query, identifier.MetadataUrl, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://h.example", false)]
    [InlineData("https://h.example/", false)]
    [InlineData("https://h.example/?a/", false)]
    [InlineData("https://h.example/a", false)]
    [InlineData("https://h.example/a/", true)]
    [InlineData("https://h.example/a/?x", true)]
    public void HasTerminatingPathSlash_IsTrueForInnerPathsOnly(string value, bool expected) =>
        Assert.Equal(expected, ResourceIdentifier.Parse(value).HasTerminatingPathSlash);

    [Theory]
    [InlineData("https://h.example", "https://h.example/")]
    [InlineData("https://h.example/a", "https://h.example/A")]
    [InlineData("https://h.example", "https://H.example")]
    [InlineData("https://h.example", "https://h.example:443")]
    [InlineData("https://h.example/%7Ea", "https://h.example/~a")]
    [InlineData("https://h.example/%2f", "https://h.example/%2F")]
    public void Equals_AnyOtherCharacter_IsAnotherResource(string one, string other)
    {
        var identifier = ResourceIdentifier.Parse(one);

        Assert.False(identifier.Equals(ResourceIdentifier.Parse(other)));
        Assert.True(identifier.Equals(ResourceIdentifier.Parse(one)));
        Assert.Equal(identifier.GetHashCode(), ResourceIdentifier.Parse(one).GetHashCode());
        Assert.False(identifier.Equals((object?)null));
        Assert.False(identifier.Equals(one));
    }

    [Theory]
    [InlineData("https://h.example", "https://h.example")]
    [InlineData("https://h.example", "https://h.example/")]
    [InlineData("https://h.example/", "https://h.example")]
    [InlineData("https://h.example", "https://h.example/a/b?c=d")]
    [InlineData("https://h.example", "https://h.example?c")]
    [InlineData("https://h.example/a", "https://h.example/a")]
    [InlineData("https://h.example/a", "https://h.example/a/")]
    [InlineData("https://h.example/a", "https://h.example/a/b")]
    [InlineData("https://h.example/a", "https://h.example/a?b=../c%2F")]
    [InlineData("https://h.example/a/", "https://h.example/a/")]
    [InlineData("https://h.example/a/", "https://h.example/a/b")]
    [InlineData("https://h.example/a", "HTTPS://H.EXAMPLE:443/a")]
    [InlineData("https://h.example:443/a", "https://h.example/a")]
    [InlineData("https://h.example:8443/a", "https://h.example:8443/a")]
    [InlineData("https://[::1]/a", "https://[::1]/a/b")]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/a?tenant=1")]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/a/b?tenant=1")]
    [InlineData("https://h.example/a", "https://h.example/a/100%25")]
    [InlineData("https://h.example/a", "https://h.example/a/100%25/b%20c")]
    [InlineData("https://h.example/a", "https://h.example/a/file.json;v=1/...")]
    [InlineData("https://h.example/a", "https://h.example/a?filter[x]=1")]
    public void Covers_RequestAtOrBelow_IsTrue(string identifier, string requestUrl) =>
        Assert.True(ResourceIdentifier.Parse(identifier).Covers(requestUrl));

    [Theory]
    [InlineData("https://h.example/a", "http://h.example/a")]
    [InlineData("https://h.example/a", "https://g.example/a")]
    [InlineData("https://h.example/a", "https://h.example.evil/a")]
    [InlineData("https://h.example/a", "https://evil.h.example/a")]
    [InlineData("https://h.example/a", "https://h.example./a")]
    [InlineData("https://h.example/a", "https://h%2eexample/a")]
    [InlineData("https://h.example/a", "https://h.example:8443/a")]
    [InlineData("https://h.example:8443/a", "https://h.example/a")]
    [InlineData("https://h.example/a", "https://h.example:/a")]
    [InlineData("https://h.example/a", "https://u@h.example/a")]
    [InlineData("https://h.example/a", "https://h.example@evil.example/a")]
    [InlineData("https://h.example/a", "https://evil.example\\@h.example/a")]
    [InlineData("https://h.example/a", "https://h.example/")]
    [InlineData("https://h.example/a", "https://h.example")]
    [InlineData("https://h.example/a", "https://h.example/ab")]
    [InlineData("https://h.example/a", "https://h.example/a;b")]
    [InlineData("https://h.example/a", "https://h.example/A")]
    [InlineData("https://h.example/a", "https://h.example/%61")]
    [InlineData("https://h.example/~a", "https://h.example/%7Ea")]
    [InlineData("https://h.example/a", "https://h.example/b/a")]
    [InlineData("https://h.example/a/", "https://h.example/a")]
    [InlineData("https://h.example/a", "https://h.example/a/../b")]
    [InlineData("https://h.example/a", "https://h.example/a/..")]
    [InlineData("https://h.example/a", "https://h.example/a/./b")]
    [InlineData("https://h.example/a", "https://h.example/a/%2e%2e/b")]
    [InlineData("https://h.example/a", "https://h.example/a/.%2E/b")]
    [InlineData("https://h.example/a", "https://h.example/a/..;/b")]
    [InlineData("https://h.example/a", "https://h.example/a/%252e%252e/b")]
    [InlineData("https://h.example/a", "https://h.example/a/..%2Fb")]
    [InlineData("https://h.example/a", "https://h.example/a%2Fb")]
    [InlineData("https://h.example/a", "https://h.example/a/b%2fc")]
    [InlineData("https://h.example/a", "https://h.example/a/b%5Cc")]
    [InlineData("https://h.example/a", "https://h.example/a/b%5cc")]
    [InlineData("https://h.example/a", "https://h.example/a/b%252Fc")]
    [InlineData("https://h.example/a", "https://h.example/a/b%25255cc")]
    [InlineData("https://h.example/a", "https://h.example/a/b%00")]
    [InlineData("https://h.example/a", "https://h.example/a/b%0d%0aX")]
    [InlineData("https://h.example/a", "https://h.example/a/b%7F")]
    [InlineData("https://h.example/a%2Fb", "https://h.example/a%2Fb")]
    [InlineData("https://h.example/a", "https://h.example/a\\b")]
    [InlineData("https://h.example/a", "https://h.example//a")]
    [InlineData("https://h.example/a", "https://h.example/a//b")]
    [InlineData("https://h.example/a", "https://h.example/a#b")]
    [InlineData("https://h.example/a", "https://h.example/a b")]
    [InlineData("https://h.example/a", "https://h.example/a/é")]
    [InlineData("https://h.example/a", "https://h.example/a/%")]
    [InlineData("https://h.example/a", " https://h.example/a")]
    [InlineData("https://h.example/a", "/a")]
    [InlineData("https://h.example/a", "")]
    [InlineData("https://h.example/a", null)]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/a")]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/a?tenant=2")]
    [InlineData("https://h.example/a?tenant=1", "https://h.example/a?tenant=1&tenant=2")]
    public void Covers_AnythingElse_IsFalse(string identifier, string? requestUrl) =>
        Assert.False(ResourceIdentifier.Parse(identifier).Covers(requestUrl));

    [Fact]
    public void Covers_Length_TrueUpToTheLimit()
    {
        var identifier = ResourceIdentifier.Parse("https://h.example/a");
        var longest = "https://h.example/a?".PadRight(ResourceIdentifier.MaxRequestUrlLength, 'a');

        Assert.True(identifier.Covers(longest));
        Assert.False(identifier.Covers(longest + "a"));
        Assert.True(ResourceIdentifier.Parse("https://h.example").Covers(longest + "a"));
    }

    // Nothing on the host lies outside, so no spelling of a path can lead there.
    [Theory]
    [InlineData("https://h.example/a%2Fb")]
    [InlineData("https://h.example/a%5Cb")]
    [InlineData("https://h.example/a//b")]
    [InlineData("https://h.example//a")]
    [InlineData("https://h.example/a/%2e%2e/b")]
    [InlineData("https://h.example/a#b")]
    [InlineData("https://h.example#b")]
    [InlineData("https://h.example/api/v4/projects/group%2Fproject")]
    [InlineData("https://h.example/a?b#https://evil.example/")]
    public void Covers_IdentifierIsTheWholeHost_AnyPathIsInside(string requestUrl)
    {
        Assert.True(ResourceIdentifier.Parse("https://h.example").Covers(requestUrl));
        Assert.True(ResourceIdentifier.Parse("https://h.example/").Covers(requestUrl));
        Assert.False(ResourceIdentifier.Parse("https://h.example/a").Covers(requestUrl));
    }

    [Theory]
    [InlineData("http://h.example/a")]
    [InlineData("https://h.example.evil/a")]
    [InlineData("https://h.example@evil.example/a")]
    [InlineData("https://u@h.example/a")]
    [InlineData("https://evil.example#h.example/a")]
    [InlineData("https://evil.example/#@h.example/a")]
    [InlineData("https://evil.example\\@h.example/a")]
    [InlineData("https://h.example\\@evil.example/a")]
    [InlineData("https://h.example:444/a")]
    [InlineData("https://h.example./a")]
    [InlineData("https://h.example/a b")]
    [InlineData("https://h.example/a\r\nX: y")]
    [InlineData("https://h.example/%")]
    [InlineData("https:///h.example")]
    [InlineData("https:/h.example")]
    public void Covers_IdentifierIsTheWholeHost_OtherHostsAreOutside(string requestUrl) => Assert.False(ResourceIdentifier.Parse("https://h.example").Covers(requestUrl));

    [Fact]
    public void Covers_IdentifierIsTheWholeHostWithAQuery_ThePathIsRead() => Assert.False(ResourceIdentifier.Parse("https://h.example?a").Covers("https://h.example/a//b?a"));

    // Uri rewrites these escapes, and a request has no other spelling.
    [Theory]
    [InlineData("https://h.example/%c3%a4", "/x")]
    [InlineData("https://h.example/%7Ea", "/x")]
    [InlineData("https://h.example/%41", "/x")]
    [InlineData("https://h.example/a?b=%7E%c3%a4", "")]
    public void Covers_IdentifierHasEscapesThatUriRewrites_RequestsAreInside(string identifier, string below)
    {
        var parsed = ResourceIdentifier.Parse(identifier);
        Assert.True(parsed.Covers(identifier));
        Assert.True(parsed.Covers(new Uri(identifier).AbsoluteUri));
        Assert.True(parsed.Covers(new Uri(identifier + below).AbsoluteUri));
        Assert.False(parsed.Covers(new Uri(identifier.Replace("h.example/", "h.example/x", StringComparison.Ordinal)).AbsoluteUri));
    }

    [Fact]
    public void Covers_WholeHost_AgreesWithUriOnTheHost() =>
        Gen.String[Gen.Char["/.%2eEfFcC5;?ab:@#\\[]h"], 0, 30].Sample(rest =>
        {
            var url = "https://h.example" + rest;
            if (ResourceIdentifier.Parse("https://h.example").Covers(url))
            {
                Assert.True(Uri.TryCreate(url, UriKind.Absolute, out var uri), url);
                Assert.Equal("h.example", uri.Host);
                Assert.Equal(443, uri.Port);
                Assert.Empty(uri.UserInfo);
            }
        }, iter: 20_000);

    [Fact]
    public void TryParse_AnyText_DoesNotThrowAndKeepsWhatItAccepts() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["htps:/.%2eEfF?#@[]\\a1 "], 0, 40].Select(text => "https://" + text)).Sample(text =>
        {
            if (!ResourceIdentifier.TryParse(text, out var identifier))
            {
                return;
            }

            Assert.Equal(text, identifier.Value);
            Assert.Equal(identifier, ResourceIdentifier.Parse(identifier.Value));

            // The metadata URL is itself a URL of the same host, so that it can go into a challenge as it is.
            Assert.True(ResourceIdentifier.TryParse(identifier.MetadataUrl, out var location));
            Assert.StartsWith("https://" + text["https://".Length..].Split('/', '?')[0] + "/.well-known/", location.Value, StringComparison.Ordinal);
        }, iter: 20_000);

    [Fact]
    public void Covers_AnyText_DoesNotThrowAndAgreesWithUri() =>
        Gen.String[Gen.Char["/.%2eEfFcC5;?ab:"], 0, 30].Sample(rest =>
        {
            var url = "https://h.example/a" + rest;
            if (ResourceIdentifier.Parse("https://h.example/a").Covers(url))
            {
                // What a second, more obliging reader makes of it must lie below the identifier too.
                var uri = new Uri(url);
                Assert.Equal("h.example", uri.Host);
                Assert.Equal(443, uri.Port);
                Assert.True(uri.AbsolutePath == "/a" || uri.AbsolutePath.StartsWith("/a/", StringComparison.Ordinal), url);
                var decoded = new Uri("https://h.example" + Uri.UnescapeDataString(Uri.UnescapeDataString(uri.AbsolutePath)));
                Assert.True(decoded.AbsolutePath == "/a" || decoded.AbsolutePath.StartsWith("/a/", StringComparison.Ordinal), url);
            }
        }, iter: 20_000);
}
