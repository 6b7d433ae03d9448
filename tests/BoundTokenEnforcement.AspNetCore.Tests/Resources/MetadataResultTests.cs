using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

// AC-088
[Requirement("AC-088")]
public sealed class MetadataResultTests
{
    [Fact]
    [Requirement("R9728-7.10-1")]
    public async Task Get_Document_HasTheTagOfItsBytes()
    {
        await using var api = await StartAsync();

        var answer = await api.GetAsync(MetadataSettings.Target, null, null);

        Assert.Equal($"\"{Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(answer.Body)))}\"", answer.Headers.ETag.ToString());
        Assert.Equal("nosniff", answer.Headers.XContentTypeOptions.ToString());
        Assert.Equal(0, answer.Headers.Vary.Count);
        Assert.Equal(0, answer.Headers.AccessControlAllowOrigin.Count);
    }

    [Fact]
    public async Task Get_FlagChanges_TagChanges()
    {
        await using var api = await StartAsync();

        var before = await api.GetAsync(MetadataSettings.Target, null, null);
        var after = await api.GetAsync(MetadataSettings.Target, null, Api.A);

        Assert.Equal(MetadataSettings.EnforcedDocument, after.Body);
        Assert.NotEqual(before.Headers.ETag.ToString(), after.Headers.ETag.ToString());
        Assert.Equal(200, (await GetIfNotAsync(api, before.Headers.ETag.ToString())).Status);
        Assert.Equal(304, (await GetIfNotAsync(api, after.Headers.ETag.ToString())).Status);
    }

    [Theory]
    [InlineData("{0}", 304)]
    [InlineData("W/{0}", 304)]
    [InlineData("*", 304)]
    [InlineData("\"other\", {0}", 304)]
    [InlineData("\"other\",W/\"more\",{0}", 304)]
    [InlineData("\"other\"", 200)]
    [InlineData("W/\"other\"", 200)]
    [InlineData("", 200)]
    [InlineData("garbage", 200)]
    [InlineData("\"unclosed", 200)]
    public async Task Get_IfNoneMatch_ComparesWeakly(string header, int status)
    {
        await using var api = await StartAsync();
        var tag = (await api.GetAsync(MetadataSettings.Target, null, null)).Headers.ETag.ToString();

        var answer = await GetIfNotAsync(api, header.Replace("{0}", tag, StringComparison.Ordinal));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 304 ? "" : MetadataSettings.Document, answer.Body);
        Assert.Equal(tag, answer.Headers.ETag.ToString());
        Assert.Equal("public, max-age=300", answer.Headers.CacheControl.ToString());
        Assert.Equal(status == 200, answer.Headers.ContentType.Count > 0);
    }

    [Fact]
    public async Task Head_IfNoneMatch_IsNotModified()
    {
        await using var api = await StartAsync();

        Assert.Equal(304, (await SendAsync(api, "HEAD", context => context.Request.Headers.IfNoneMatch = "*")).Status);
    }

    [Fact]
    public async Task Options_WithoutCors_TellsTheMethodsAndNothingElse()
    {
        await using var api = await StartAsync();

        var answer = await PreflightAsync(api);

        Assert.Equal(204, answer.Status);
        Assert.Equal("GET, HEAD, OPTIONS", answer.Headers.Allow.ToString());
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(answer.Body);
    }

    // R9728-x-1
    [Fact]
    public async Task AllowAnyOrigin_On_EveryPageMayRead()
    {
        await using var api = await StartAsync(options => options.AllowAnyOrigin = true);

        var get = await SendAsync(api, "GET", context => context.Request.Headers.Origin = "https://page.test");
        var preflight = await PreflightAsync(api);
        var post = await SendAsync(api, "POST", context => context.Request.Headers.Origin = "https://page.test");

        Assert.Equal("*", get.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(0, get.Headers.AccessControlAllowCredentials.Count);
        Assert.Equal(304, (await GetIfNotAsync(api, "*")).Status);
        Assert.Equal("*", (await GetIfNotAsync(api, "*")).Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal(204, preflight.Status);
        Assert.Equal("*", preflight.Headers.AccessControlAllowOrigin.ToString());
        Assert.Equal("GET, HEAD", preflight.Headers.AccessControlAllowMethods.ToString());
        Assert.Equal("*", preflight.Headers.AccessControlAllowHeaders.ToString());
        Assert.Equal(405, post.Status);
        Assert.Equal(0, post.Headers.AccessControlAllowOrigin.Count);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_AnotherSpelling_AreNotFound(string method)
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync(MetadataSettings.Target + "/", context => context.Request.Method = method);

        Assert.Equal(404, answer.Status);
        Assert.Equal(0, answer.Headers.Allow.Count);
    }

    private static Task<Answer> GetIfNotAsync(Api api, string tags) => SendAsync(api, "GET", context => context.Request.Headers.IfNoneMatch = tags);

    private static Task<Answer> PreflightAsync(Api api) => SendAsync(api, "OPTIONS", context =>
    {
        context.Request.Headers.Origin = "https://page.test";
        context.Request.Headers.AccessControlRequestMethod = "GET";
        context.Request.Headers.AccessControlRequestHeaders = "if-none-match";
    });

    private static Task<Answer> SendAsync(Api api, string method, Action<HttpContext> customise) => api.SendAsync(MetadataSettings.Target, context =>
    {
        context.Request.Method = method;
        customise(context);
    });

    private static Task<Api> StartAsync(Action<ProtectedResourceMetadataOptions>? configure = null) =>
        Api.StartAsync([Api.Guarded(), MetadataSettings.Add(configure)], TwoResources.Map());
}
