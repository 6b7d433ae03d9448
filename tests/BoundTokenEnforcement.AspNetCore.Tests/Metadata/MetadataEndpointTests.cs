using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Metadata;

public sealed class MetadataEndpointTests
{
    // AC-082, AC-086
    [Fact]
    [Requirement("AC-082", "AC-086")]
    public async Task Get_TheUrl_IsTheDocument()
    {
        await using var api = await StartAsync();

        var answer = await api.GetAsync(MetadataSettings.Target, null, null);

        IsDocument(answer, MetadataSettings.Document);
        Assert.Equal("public, max-age=300", answer.Headers.CacheControl.ToString());
    }

    [Theory]
    [InlineData("https://api.test", "/.well-known/oauth-protected-resource")]
    [InlineData("https://api.test/", "/.well-known/oauth-protected-resource")]
    [InlineData("https://api.test:8443/a/b", "/.well-known/oauth-protected-resource/a/b")]
    [InlineData("https://api.test/a?tenant=1", "/.well-known/oauth-protected-resource/a?tenant=1")]
    [InlineData("https://api.test/a%2Fb", "/.well-known/oauth-protected-resource/a%2Fb")]
    public async Task Get_OtherResources_AreFoundByInsertion(string resource, string target)
    {
        await using var api = await StartAsync(MetadataSettings.Add(options => options.Resource = resource));

        var answer = await api.GetAsync(target, null, null);

        IsDocument(answer, MetadataSettings.Document.Replace(MetadataSettings.Resource, resource, StringComparison.Ordinal));
    }

    // AC-083
    [Theory]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/")]
    [InlineData("/.well-known/oauth-protected-resource/t1")]
    [InlineData("/.well-known/oauth-protected-resource/t2/api")]
    [InlineData("/.well-known/oauth-protected-resource/t1/api/")]
    [InlineData("/.well-known/oauth-protected-resource/t1/api/more")]
    [InlineData("/.well-known/oauth-protected-resource/t1/API")]
    [InlineData("/.well-known/oauth-protected-resource/T1/api")]
    [InlineData("/.WELL-KNOWN/oauth-protected-resource/t1/api")]
    [InlineData("/.well-known/OAuth-Protected-Resource/t1/api")]
    [InlineData("/.well-known/oauth-protected-resource/t1/api?")]
    [InlineData("/.well-known/oauth-protected-resource/t1/api?x=1")]
    [InlineData("/.well-known/oauth-protected-resource/t2/%2e%2e/t1/api")]
    [InlineData("/.well-known/oauth-protected-resource/t2/../t1/api")]
    [InlineData("/.well-known/oauth-protected-resource//t1/api")]
    [InlineData("/.well-known/oauth-protected-resource/t1//api")]
    [InlineData("/.well-known/oauth-protected-resource/t1%2Fapi")]
    [InlineData("/.well-known/oauth-protected-resource/t1/%61pi")]
    [InlineData("/%2ewell-known/oauth-protected-resource/t1/api")]
    [InlineData("/.well-known/oauth-protected-resourcet1/api")]
    [InlineData("/t1/api/.well-known/oauth-protected-resource")]
    [Requirement("AC-083")]
    public async Task Get_AnyOtherSpelling_IsNotFound(string target)
    {
        await using var api = await StartAsync();

        var answer = await api.GetAsync(target, null, null);

        Assert.Equal(404, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal("", answer.Headers.CacheControl.ToString());
    }

    // TestServer keeps no raw target.
    [Theory]
    [InlineData(MetadataSettings.Target, 200)]
    [InlineData(MetadataSettings.Target + "/", 404)]
    [InlineData(MetadataSettings.Target + "?x=1", 404)]
    [InlineData("/.well-known/oauth-protected-resource/T1/api", 404)]
    public async Task Get_ServerWithoutRawTarget_IsJudgedByPathAndQuery(string target, int status)
    {
        await using var api = await StartAsync();
        using var client = api.Application.GetTestClient();

        using var response = await client.GetAsync(new Uri(target, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
    }

    // AC-088
    [Fact]
    [Requirement("AC-088")]
    public async Task Head_TheUrl_IsTheDocumentWithoutBody()
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync(MetadataSettings.Target, context => context.Request.Method = HttpMethods.Head);

        Assert.Equal(200, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Equal(MetadataSettings.Document.Length, answer.Headers.ContentLength);
        Assert.Equal("application/json", answer.Headers.ContentType.ToString());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task OtherMethods_TheUrl_AreNotAllowed(string method)
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync(MetadataSettings.Target, context => context.Request.Method = method);

        Assert.Equal(405, answer.Status);
        Assert.Equal("GET, HEAD, OPTIONS", answer.Headers.Allow.ToString());
        Assert.Empty(answer.Body);
    }

    [Fact]
    [Requirement("R9728-3.2-1")]
    public async Task Get_ForABrowser_IsJsonAllTheSame()
    {
        await using var api = await StartAsync();

        IsDocument(await api.SendAsync(MetadataSettings.Target, context => context.Request.Headers.Accept = "text/html"), MetadataSettings.Document);
    }

    // AC-080, AC-081
    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "a\", error=\"insufficient_scope\", scope=\"admin")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("X-Forwarded-Prefix", "/evil")]
    [InlineData("X-Original-URL", "/.well-known/oauth-protected-resource/evil")]
    [Requirement("AC-080", "AC-081")]
    public async Task Get_OtherHostClaimed_DocumentIsUnchanged(string name, string value)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), MetadataSettings.Add()], (_, app) =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.All });
            app.MapProtectedResourceMetadata();
        });

        IsDocument(await api.SendAsync(MetadataSettings.Target, context => context.Request.Headers[name] = value), MetadataSettings.Document);
    }

    // AC-084
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Requirement("AC-084")]
    public async Task Get_WhateverTheCallerHas_IsPublic(bool fallbackPolicy)
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                MetadataSettings.Add(),
                builder => builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(
                    fallbackPolicy ? new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build() : null),
            ],
            (_, app) => app.MapProtectedResourceMetadata());

        IsDocument(await api.GetAsync(MetadataSettings.Target, null, null), MetadataSettings.Document);
        IsDocument(await api.GetAsync(MetadataSettings.Target, "garbage", null), MetadataSettings.Document);
        IsDocument(await api.GetAsync(MetadataSettings.Target, JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), null), MetadataSettings.Document);
        IsDocument(await api.GetAsync(MetadataSettings.Target, Api.Issuer.BoundTo(Api.A), null), MetadataSettings.Document);
        Assert.Equal(200, (await api.GetAsync(MetadataSettings.Target, Api.Issuer.BoundTo(Api.A), Api.A)).Status);
    }

    [Fact]
    [Requirement("R9728-3.2-1")]
    public async Task Get_EveryMember_IsWritten()
    {
        await using var api = await StartAsync(MetadataSettings.Add(options =>
        {
            options.JwksUri = "https://api.test/jwks";
            options.ScopesSupported.Add("read");
            options.ResourceSigningAlgValuesSupported.Add("ES256");
            options.ResourceName = "Orders";
            options.LocalizedResourceNames["de"] = "Aufträge";
            options.ResourceDocumentation = "https://api.test/docs";
            options.LocalizedResourceDocumentation["de"] = "https://api.test/de/docs";
            options.ResourcePolicyUri = "https://api.test/policy";
            options.LocalizedResourcePolicyUris["de"] = "https://api.test/de/policy";
            options.ResourceTosUri = "https://api.test/tos";
            options.LocalizedResourceTosUris["de"] = "https://api.test/de/tos";
            options.AuthorizationDetailsTypesSupported.Add("payment");
            options.MaxAge = TimeSpan.FromMinutes(1);
        }));

        var answer = await api.GetAsync(MetadataSettings.Target, null, null);

        IsDocument(
            answer,
            """
            {
            "resource":"https://api.test/t1/api",
            "authorization_servers":["https://as.test"],
            "jwks_uri":"https://api.test/jwks",
            "scopes_supported":["read"],
            "bearer_methods_supported":["header"],
            "resource_signing_alg_values_supported":["ES256"],
            "resource_name":"Orders",
            "resource_name#de":"Aufträge",
            "resource_documentation":"https://api.test/docs",
            "resource_documentation#de":"https://api.test/de/docs",
            "resource_policy_uri":"https://api.test/policy",
            "resource_policy_uri#de":"https://api.test/de/policy",
            "resource_tos_uri":"https://api.test/tos",
            "resource_tos_uri#de":"https://api.test/de/tos",
            "authorization_details_types_supported":["payment"]
            }
            """.ReplaceLineEndings(""));
        Assert.Equal("public, max-age=60", answer.Headers.CacheControl.ToString());
    }

    [Fact]
    public async Task Get_FromSettingsAlone_IsTheDocument()
    {
        await using var api = await StartAsync(
            Api.Settings(
                ("ProtectedResource:Resource", MetadataSettings.Resource),
                ("ProtectedResource:AuthorizationServers:0", "https://as.test"),
                ("ProtectedResource:MaxAge", "00:01:00")),
            builder => builder.Services.AddProtectedResourceMetadata());

        var answer = await api.GetAsync(MetadataSettings.Target, null, null);

        IsDocument(answer, MetadataSettings.Document);
        Assert.Equal("public, max-age=60", answer.Headers.CacheControl.ToString());
    }

    [Fact]
    public async Task AddProtectedResourceMetadata_Twice_ReadsTheSettingsOnce()
    {
        await using var api = await StartAsync(
            Api.Settings(("ProtectedResource:Resource", "https://other.test"), ("ProtectedResource:AuthorizationServers:0", "https://as.test")),
            builder => builder.Services.AddProtectedResourceMetadata(),
            builder => builder.Services.AddProtectedResourceMetadata(options => options.Resource = MetadataSettings.Resource));

        IsDocument(await api.GetAsync(MetadataSettings.Target, null, null), MetadataSettings.Document);
    }

    [Fact]
    public async Task MapProtectedResourceMetadata_WithoutAdd_SaysWhatToCall()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Api.StartAsync([Api.Guarded()], (_, app) => app.MapProtectedResourceMetadata()));

        Assert.Contains("AddProtectedResourceMetadata", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => ((WebApplication)null!).MapProtectedResourceMetadata());
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddProtectedResourceMetadata(null!));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddProtectedResourceMetadata());
    }

    private static void IsDocument(Answer answer, string document)
    {
        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.Headers.ContentType.ToString());
        Assert.Equal(Encoding.UTF8.GetByteCount(document), answer.Headers.ContentLength);
        Assert.Equal(document, answer.Body);
        Assert.Empty(answer.Challenges);
    }

    private static Task<Api> StartAsync(params Action<WebApplicationBuilder>[] metadata) => Api.StartAsync(
        [Api.Guarded(), .. metadata.Length == 0 ? [MetadataSettings.Add()] : metadata], (_, app) => app.MapProtectedResourceMetadata());
}
