using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>D33, AC-091, AC-092, AC-097: what the body says.</summary>
[Requirement("AC-091", "AC-092", "AC-097", "D33")]
public sealed class MetadataDocumentTests
{
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task Flag_Boolean_IsRead(string value, bool expected)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(discovery.Document($""" "tls_client_certificate_bound_access_tokens": {value} """)));

        Assert.Equal(expected, (await discovery.GetAsync()).TlsClientCertificateBoundAccessTokens);
    }

    [Fact]
    [Requirement("R9728-2-8")]
    public async Task Flag_Absent_IsAbsent()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(discovery.Document(""" "x": 1 """)));

        Assert.Null((await discovery.GetAsync()).TlsClientCertificateBoundAccessTokens);
    }

    [Theory]
    [InlineData("""
        "tls_client_certificate_bound_access_tokens": "true"
        """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": "True" """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": 1 """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": [true] """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": {} """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": null """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": TRUE """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": false, "tls_client_certificate_bound_access_tokens": true """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": true """)]
    [InlineData(""" "tls_client_certificate_bound_access_tokens": true, "tls_client_certificate_\u0062ound_access_tokens": true """)]
    public async Task Flag_AnythingElse_IsRefused(string members)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(discovery.Document(members)));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Theory]
    [InlineData("https://other.test/api")]
    [InlineData("https://localhost/api")]
    [InlineData("{0}/API")]
    [InlineData("{0}/api/")]
    [InlineData("{0}/api/v1")]
    [InlineData("{0}/")]
    [InlineData("{0}")]
    [InlineData("{0}/api?x=1")]
    [InlineData("{0}/%61pi")]
    [InlineData("{0}/other")]
    [Requirement("R9728-6-1")]
    public async Task Resource_Another_IsRefused(string resource)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json($$"""{ "resource": "{{resource.Replace("{0}", discovery.Server.Origin, StringComparison.Ordinal)}}" }"""));

        await discovery.RefusedAsync(GuardFailure.MetadataOfAnotherResource);
    }

    [Theory]
    [InlineData("{ }")]
    [InlineData("""{ "resource": "" }""")]
    [InlineData("""{ "resource": 1 }""")]
    [InlineData("""{ "resource": null }""")]
    [InlineData("""{ "resource": ["{0}/api"] }""")]
    [InlineData("""{ "resource": "{0}/./api" }""")]
    [InlineData("""{ "resource": "https://user@localhost/api" }""")]
    [InlineData("""{ "resource": "{0}/\u0430pi" }""")]
    [InlineData("""{ "resource": "{0}/api", "resource": "{0}/api" }""")]
    [InlineData("""{ "Resource": "{0}/api" }""")]
    public async Task Resource_NotAnIdentifier_IsRefused(string document)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(document.Replace("{0}", discovery.Server.Origin, StringComparison.Ordinal)));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Fact]
    [Requirement("R9728-6-1")]
    public async Task Resource_Escaped_IsComparedUnescaped()
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(discovery.Document().Replace("/api", """\/\u0061pi""", StringComparison.Ordinal)));

        Assert.Equal(discovery.Resource, (await discovery.GetAsync()).Resource);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""[{0}]""")]
    [InlineData("null")]
    [InlineData("/* c */ {0}")]
    [InlineData("{0} // c")]
    [InlineData("{0} {0}")]
    [InlineData("{0}]")]
    [InlineData("\uFEFF{0}")]
    [InlineData("<html><body>Please log in</body></html>")]
    [InlineData("{0}\0")]
    [Requirement("R9728-3.2-1")]
    public async Task Body_NotOneJsonObject_IsRefused(string body)
    {
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(body.Replace("{0}", discovery.Document(), StringComparison.Ordinal)));

        await discovery.RefusedAsync(GuardFailure.MetadataInvalid);
    }

    [Fact]
    public async Task TwoResourcesOnOneHost_EachHasItsOwnDocument()
    {
        await using var discovery = DiscoveryFixture.Start();
        var other = ResourceIdentifier.Parse($"{discovery.Server.Origin}/other");
        discovery.Server.Answer = request => ScriptedAnswer.Json(
            request.Target == other.MetadataPath
                ? DiscoveryFixture.Document(other, """ "tls_client_certificate_bound_access_tokens": false """)
                : discovery.Document());

        Assert.True((await discovery.GetAsync()).TlsClientCertificateBoundAccessTokens);
        Assert.False((await discovery.GetAsync(other)).TlsClientCertificateBoundAccessTokens);
    }

    // AC-091, where the document becomes a decision.
    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    [Requirement("AC-091")]
    public void RequireSupport_WithoutTheFlag_IsRefused(bool? flag)
    {
        var refused = Assert.Throws<BoundTokenGuardException>(() => MetadataRules.RequireSupport(Metadata(flag, "https://as.test"), ["https://as.test"]));

        Assert.Equal(GuardFailure.BoundTokensNotSupported, refused.Failure);
        Assert.Equal(["https://as.test"], MetadataRules.RequireSupport(Metadata(true, "https://as.test"), ["https://as.test"]));
    }

    private static ProtectedResourceMetadata Metadata(bool? flag, string issuer) => new()
    {
        Resource = ResourceIdentifier.Parse("https://api.test"),
        AuthorizationServers = [issuer],
        TlsClientCertificateBoundAccessTokens = flag,
    };
}
