using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

public sealed class MetadataOptionsTests
{
    [Theory]
    [InlineData("read", true)]
    [InlineData("https://api.test/read", true)]
    [InlineData("a!#[]~", true)]
    [InlineData("read write", false)]
    [InlineData("", false)]
    [InlineData("a\"b", false)]
    [InlineData("a\\b", false)]
    [InlineData("lesen\u00e4", false)]
    [InlineData(null, false)]
    [Requirement("R9728-2-2")]
    public void ScopesSupported_Value_MustBeOneScope(string? scope, bool valid) =>
        Same(valid, "ScopesSupported", options => options.ScopesSupported.Add(scope!));

    [Theory]
    [InlineData("https://api.test/page", true)]
    [InlineData("http://api.test/page", true)]
    [InlineData("/page", false)]
    [InlineData("page", false)]
    [InlineData("", false)]
    public void Pages_Value_MustBeAnAbsoluteUrl(string url, bool valid)
    {
        Same(valid, "ResourceDocumentation", options => options.ResourceDocumentation = url);
        Same(valid, "ResourcePolicyUri", options => options.ResourcePolicyUri = url);
        Same(valid, "ResourceTosUri", options => options.ResourceTosUri = url);
        Same(valid, "LocalizedResourceDocumentation", options => options.LocalizedResourceDocumentation["de"] = url);
        Same(valid, "LocalizedResourcePolicyUris", options => options.LocalizedResourcePolicyUris["de"] = url);
        Same(valid, "LocalizedResourceTosUris", options => options.LocalizedResourceTosUris["de"] = url);
    }

    // R9728-2-3, R9728-2-6, R9728-2.1-1
    [Theory]
    [InlineData("https://api.test/jwks", "ES256", "de-CH", true)]
    [InlineData("http://api.test/jwks", "None", "de_CH", false)]
    [Requirement("R9728-2-3", "R9728-2-6", "R9728-2.1-1")]
    public void Members_Value_AsTheRfcSays(string jwks, string algorithm, string tag, bool valid)
    {
        Same(valid, "JwksUri", options => options.JwksUri = jwks);
        Same(valid, "ResourceSigningAlgValuesSupported", options => options.ResourceSigningAlgValuesSupported.Add(algorithm));
        Same(valid, "LocalizedResourceNames", options => options.LocalizedResourceNames[tag] = "x");
    }

    [Theory]
    [InlineData("Bearer", true)]
    [InlineData(" ", false)]
    public void Schemes_Name_MustNotBeEmpty(string scheme, bool valid) => Same(valid, "Schemes", options => options.Schemes.Add(scheme));

    // R9728-2.1-3
    [Fact]
    [Requirement("R9728-2.1-3")]
    public async Task Host_ValuesWithTagsOnly_Warns()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                TwoResources.Add("a", "https://api.test/a", options =>
                {
                    options.LocalizedResourceNames["de"] = "Aufträge";
                    options.LocalizedResourceDocumentation["de"] = "https://api.test/de";
                    options.ResourceDocumentation = "https://api.test/docs";
                    options.LocalizedResourceTosUris["de"] = "https://api.test/tos";
                }),
            ],
            TwoResources.Map());

        var warnings = api.Logs.Records.Where(record => record.EventId.Id == 221).ToList();
        Assert.All(warnings, record => Assert.Equal((LogLevel.Warning, "OnlyTaggedValues"), (record.Level, record.EventId.Name)));
        Assert.Equal(
            ["ProtectedResources:a:ResourceName", "ProtectedResources:a:ResourceTosUri"],
            warnings.Select(record => record.Message.Split(' ')[0]));
    }

    private static void Same(bool valid, string option, Action<ProtectedResourceMetadataOptions> change)
    {
        var options = new ProtectedResourceMetadataOptions { Resource = MetadataSettings.Resource };
        options.AuthorizationServers.Add("https://as.test");
        change(options);
        var result = new ProtectedResourceMetadataOptionsValidator().Validate("a", options);
        if (valid)
        {
            Assert.True(result.Succeeded, result.FailureMessage);
        }
        else
        {
            Assert.StartsWith($"ProtectedResources:a:{option} ", Assert.Single(result.Failures!), StringComparison.Ordinal);
        }
    }
}
