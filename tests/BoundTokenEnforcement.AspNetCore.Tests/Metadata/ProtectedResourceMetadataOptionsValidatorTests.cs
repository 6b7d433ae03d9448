using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Metadata;

public sealed class ProtectedResourceMetadataOptionsValidatorTests
{
    public static TheoryData<string, string?> BadResources => new()
    {
        { "none", null },
        { "empty", "" },
        { "http", "http://api.test" },
        { "relative", "/t1/api" },
        { "fragment", "https://api.test/#x" },
        { "user", "https://u@api.test" },
        { "dots", "https://api.test/a/../b" },
        { "slash at the end", "https://api.test/t1/api/" },
    };

    [Theory]
    [MemberData(nameof(BadResources))]
    [Requirement("R9728-1.2-1")]
    public void Resource_NotAnIdentifier_IsAFault(string _, string? resource) =>
        Assert.StartsWith("ProtectedResource:Resource ", Assert.Single(Faults(options => options.Resource = resource)), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://api.test")]
    [InlineData("https://api.test/")]
    [InlineData("https://api.test/a?tenant=1")]
    public void Resource_Identifier_IsNone(string resource) => Assert.Empty(Faults(options => options.Resource = resource));

    [Fact]
    public void AuthorizationServers_None_IsAFault() =>
        Assert.StartsWith("ProtectedResource:AuthorizationServers ", Assert.Single(Faults(options => options.AuthorizationServers.Clear())), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://as.test")]
    [InlineData("https://as.test#x")]
    [InlineData("https://as.test?x=1")]
    [InlineData("as.test")]
    [InlineData("")]
    [InlineData(null)]
    public void AuthorizationServers_NotAnIssuer_IsAFault(string? issuer)
    {
        var fault = Assert.Single(Faults(options => options.AuthorizationServers.Add(issuer!)));

        Assert.StartsWith("ProtectedResource:AuthorizationServers ", fault, StringComparison.Ordinal);
        Assert.Contains($"'{issuer}'", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(86_401)]
    public void MaxAge_OutOfRange_IsAFault(int seconds) =>
        Assert.StartsWith("ProtectedResource:MaxAge ", Assert.Single(Faults(options => options.MaxAge = TimeSpan.FromSeconds(seconds))), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(86_400)]
    public void MaxAge_InRange_IsNone(int seconds) => Assert.Empty(Faults(options => options.MaxAge = TimeSpan.FromSeconds(seconds)));

    // AC-087
    [Fact]
    [Requirement("AC-087")]
    public void Validate_EverythingWrong_TellsEverythingAtOnce()
    {
        const string Broken = "\ud800";

        var faults = Faults(options =>
        {
            options.Resource = "http://api.test";
            options.AuthorizationServers.Clear();
            options.AuthorizationServers.Add("http://as.test");
            options.AuthorizationServers.Add("https://as.test#x");
            options.MaxAge = TimeSpan.FromDays(2);
            options.JwksUri = "http://api.test/jwks";
            options.ScopesSupported.Add(Broken);
            options.ResourceSigningAlgValuesSupported.Add("none");
            options.ResourceName = Broken;
            options.LocalizedResourceNames.Add("not a tag", "x");
            options.ResourceDocumentation = Broken;
            options.LocalizedResourceDocumentation.Add("not a tag", "x");
            options.ResourcePolicyUri = Broken;
            options.LocalizedResourcePolicyUris.Add("not a tag", "x");
            options.ResourceTosUri = Broken;
            options.LocalizedResourceTosUris.Add("not a tag", "x");
            options.AuthorizationDetailsTypesSupported.Add(Broken);
        });

        Assert.Equal(
            [
                "AuthorizationDetailsTypesSupported",
                "AuthorizationServers",
                "AuthorizationServers",
                "JwksUri",
                "LocalizedResourceDocumentation",
                "LocalizedResourceNames",
                "LocalizedResourcePolicyUris",
                "LocalizedResourceTosUris",
                "MaxAge",
                "Resource",
                "ResourceDocumentation",
                "ResourceName",
                "ResourcePolicyUri",
                "ResourceSigningAlgValuesSupported",
                "ResourceTosUri",
                "ScopesSupported",
            ],
            faults.Select(fault => fault.Split(' ')[0].Replace("ProtectedResource:", "", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Host_OptionsWrong_DoesNotStartAndNamesEachOption()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(
            Api.Settings(
                ("ProtectedResource:Resource", "http://api.test"),
                ("ProtectedResource:AuthorizationServers:0", "https://as.test#x"),
                ("ProtectedResource:JwksUri", "http://api.test/jwks")),
            Api.Guarded(),
            builder => builder.Services.AddProtectedResourceMetadata()));

        Assert.Equal(3, failure.Failures.Count());
        Assert.Contains("ProtectedResource:Resource", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ProtectedResource:AuthorizationServers", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ProtectedResource:JwksUri", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_OptionsWrongAndNothingMapped_DoesNotStart()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(
            [builder => builder.Services.AddProtectedResourceMetadata()], (api, app) => api.Map(app, "/")));
    }

    private static IReadOnlyList<string> Faults(Action<ProtectedResourceMetadataOptions> change)
    {
        var options = new ProtectedResourceMetadataOptions { Resource = MetadataSettings.Resource };
        options.AuthorizationServers.Add("https://as.test");
        change(options);
        return [.. new ProtectedResourceMetadataOptionsValidator().Validate(null, options).Failures ?? []];
    }
}
