namespace BoundTokenEnforcement.Tests;

public class IssuerIdentifierTests
{
    [Theory]
    [InlineData(
        "https://as.example",
        "https://as.example/.well-known/oauth-authorization-server",
        "https://as.example/.well-known/openid-configuration")]
    [InlineData(
        "https://as.example/",
        "https://as.example/.well-known/oauth-authorization-server",
        "https://as.example/.well-known/openid-configuration")]
    [InlineData(
        "https://as.example/issuer1",
        "https://as.example/.well-known/oauth-authorization-server/issuer1",
        "https://as.example/issuer1/.well-known/openid-configuration")]
    [InlineData(
        "https://as.example/issuer1/",
        "https://as.example/.well-known/oauth-authorization-server/issuer1",
        "https://as.example/issuer1/.well-known/openid-configuration")]
    [InlineData(
        "https://as.example:8443/a/b%2Fc",
        "https://as.example:8443/.well-known/oauth-authorization-server/a/b%2Fc",
        "https://as.example:8443/a/b%2Fc/.well-known/openid-configuration")]
    public void Parse_ValidIssuer_KeepsItAndBuildsBothUrls(string value, string metadataUrl, string openIdConfigurationUrl)
    {
        var issuer = IssuerIdentifier.Parse(value);

        Assert.Equal(value, issuer.Value);
        Assert.Equal(value, issuer.ToString());
        Assert.Equal(metadataUrl, issuer.MetadataUrl);
        Assert.Equal(openIdConfigurationUrl, issuer.OpenIdConfigurationUrl);
        Assert.True(IssuerIdentifier.TryParse(value, out var tried));
        Assert.Equal(issuer, tried);
    }

    [Theory]
    [InlineData("http://as.example", "https://")]
    [InlineData("as.example", "https://")]
    [InlineData("HTTPS://as.example", "lower case")]
    [InlineData("https://as.example?a=b", "query")]
    [InlineData("https://as.example/?", "query")]
    [InlineData("https://as.example/#", "fragment")]
    [InlineData("https://u@as.example", "user information")]
    [InlineData("https://as.example/a b", "U+0020")]
    [InlineData("https://as.example/../b", "dot segment")]
    public void Parse_InvalidIssuer_ThrowsNamingTheFault(string value, string named)
    {
        var exception = Assert.Throws<FormatException>(() => IssuerIdentifier.Parse(value));

        Assert.Contains(named, exception.Message, StringComparison.Ordinal);
        Assert.False(IssuerIdentifier.TryParse(value, out var issuer));
        Assert.Null(issuer);
    }

    [Fact]
    public void Parse_Length_AcceptedUpToTheLimit()
    {
        var longest = "https://as.example/".PadRight(IssuerIdentifier.MaxLength, 'a');

        Assert.True(IssuerIdentifier.TryParse(longest, out _));
        Assert.False(IssuerIdentifier.TryParse(longest + "a", out _));
    }

    [Fact]
    public void Parse_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => IssuerIdentifier.Parse(null!));
        Assert.False(IssuerIdentifier.TryParse(null, out _));
    }

    [Fact]
    public void Equals_TerminatingSlash_IsAnotherIssuer()
    {
        var issuer = IssuerIdentifier.Parse("https://as.example/issuer1");

        Assert.False(issuer.Equals(IssuerIdentifier.Parse("https://as.example/issuer1/")));
        Assert.False(issuer.Equals((object)IssuerIdentifier.Parse("https://AS.example/issuer1")));
        Assert.True(issuer.Equals((object)IssuerIdentifier.Parse("https://as.example/issuer1")));
        Assert.Equal(issuer.GetHashCode(), IssuerIdentifier.Parse("https://as.example/issuer1").GetHashCode());
        Assert.False(issuer.Equals(null));
    }
}
