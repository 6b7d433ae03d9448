using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using static BoundTokenEnforcement.AspNetCore.Tests.Resources.TwoResources;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

public sealed class SeveralResourcesTests
{
    // AC-083
    [Theory]
    [InlineData("/a", "https://api.test/a")]
    [InlineData("/b", "https://api.test/b")]
    [InlineData("/a/more", null)]
    [InlineData("/a/", null)]
    [InlineData("/A", null)]
    [InlineData("/a?x", null)]
    [InlineData("/a?", null)]
    [InlineData("/b/%2e%2e/a", null)]
    [InlineData("/b/../a", null)]
    [InlineData("//a", null)]
    [InlineData("/%61", null)]
    [InlineData("/a%2F", null)]
    [InlineData("/a;b", null)]
    [InlineData("/c", null)]
    [InlineData("/", null)]
    [InlineData("", null)]
    [Requirement("AC-083")]
    public async Task Get_SomeTarget_IsThatResourceOrNone(string path, string? resource)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map());

        var answer = await api.GetAsync(WellKnown + path, null, null);

        Assert.Equal(resource is null ? 404 : 200, answer.Status);
        Assert.Equal(resource, resource is null ? null : ResourceOf(answer));
    }

    [Theory]
    [InlineData("", "https://api.test")]
    [InlineData("/x", "https://api.test/x")]
    [InlineData("/x?tenant=1", "https://api.test/x?tenant=1")]
    [InlineData("/x?tenant=2", "https://api.test/x?tenant=2")]
    [InlineData("/x/y", "https://other.test:8443/x/y")]
    public async Task Get_ResourcesInsideEachOther_EachHasItsOwn(string path, string resource)
    {
        await using var api = await StartNestedAsync();

        Assert.Equal(resource, ResourceOf(await api.GetAsync(WellKnown + path, null, null)));
    }

    [Theory]
    [InlineData("/a", AUrl)]
    [InlineData("/a/orders/1?x=1", AUrl)]
    [InlineData("/b", BUrl)]
    [InlineData("/ab", null)]
    [InlineData("/A", null)]
    [InlineData("/c", null)]
    [InlineData("/", null)]
    [InlineData("/a/../b", null)]
    [InlineData("/a/%2e%2e/b", null)]
    [InlineData("/a%2Fb", null)]
    public async Task Challenge_SomePath_NamesTheResourceThatCoversIt(string target, string? url)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map());

        (await api.GetAsync(target, null, null)).IsRefusal(401, url is null ? Answer.TokenWanted : $"Bearer resource_metadata=\"{url}\"");
        (await api.GetAsync(target, Api.Issuer.BoundTo(Api.A), Api.B)).IsRefusal(
            401, url is null ? Answer.InvalidToken : $"{Answer.InvalidToken}, resource_metadata=\"{url}\"");
    }

    [Theory]
    [InlineData("/", "https://api.test/.well-known/oauth-protected-resource")]
    [InlineData("/xy", "https://api.test/.well-known/oauth-protected-resource")]
    [InlineData("/x/1", "https://api.test/.well-known/oauth-protected-resource/x")]
    [InlineData("/x/1?tenant=2", "https://api.test/.well-known/oauth-protected-resource/x?tenant=2")]
    [InlineData("/x/1?tenant=3", "https://api.test/.well-known/oauth-protected-resource/x")]
    [InlineData("/x/y/1", "https://other.test:8443/.well-known/oauth-protected-resource/x/y")]
    public async Task Challenge_ResourcesInsideEachOther_TheLongestPathCounts(string target, string url)
    {
        await using var api = await StartNestedAsync();

        (await api.GetAsync(target, null, null)).IsRefusal(401, $"Bearer resource_metadata=\"{url}\"");
    }

    // AC-080: neither what the request calls its host nor a prefix that somebody claims.
    [Theory]
    [InlineData("Host", "other.test")]
    [InlineData("X-Forwarded-Host", "other.test")]
    [InlineData("X-Forwarded-Prefix", "/b")]
    [InlineData("X-Original-URL", "/b")]
    [Requirement("AC-080")]
    public async Task Challenge_AnythingElseClaimed_HasNoSay(string name, string value)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map());

        (await api.SendAsync("/a/1", context => context.Request.Headers[name] = value)).IsRefusal(401, $"Bearer resource_metadata=\"{AUrl}\"");
    }

    [Fact]
    public async Task Challenge_OneResource_IsNamedWhateverThePath()
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Add("a", "https://api.test/a")], Map());

        (await api.GetAsync("/c", null, null)).IsRefusal(401, $"Bearer resource_metadata=\"{AUrl}\"");
    }

    [Theory]
    [InlineData("https://api.test/a")]
    [InlineData(":443/a")]
    [InlineData("*")]
    public async Task Challenge_TargetIsNoPath_NamesNone(string target)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map());

        var answer = await api.SendAsync("/a", context =>
            context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget = target);

        answer.IsRefusal(401, Answer.TokenWanted);
    }

    [Theory]
    [InlineData("https://api.test", "https://api.test/")]
    [InlineData("https://api.test/x", "https://other.test/x")]
    [InlineData("https://api.test/x", "https://api.test:8443/x")]
    [InlineData("https://api.test/x", "https://api.test/x")]
    [InlineData("https://api.test?t=1", "https://api.test/?t=1")]
    public async Task Host_TwoResourcesWithOnePlace_DoesNotStartAndNamesBoth(string first, string second)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => Api.StartAsync([Api.Guarded(), Add("one", first), Add("two", second)], Map()));

        var fault = Assert.Single(failure.Failures);
        Assert.Contains($"ProtectedResources:one:Resource ('{first}')", fault, StringComparison.Ordinal);
        Assert.Contains($"ProtectedResources:two:Resource ('{second}')", fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_FaultsInSeveralPlaces_AreAllTold()
    {
        var failure = await Assert.ThrowsAsync<AggregateException>(() => Api.StartAsync(
            [Api.Guarded(), Add("one", "https://api.test"), Add("two", "https://api.test/"), Add("bad", "http://api.test"), Add("worse", "https://api.test/#")],
            Map()));

        Assert.Equal(
            ["ProtectedResources:bad:Resource", "ProtectedResources:one:Resource", "ProtectedResources:worse:Resource"],
            failure.InnerExceptions.Cast<OptionsValidationException>().SelectMany(e => e.Failures).Select(fault => fault.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Settings_NamedAndUnnamed_EachHasItsSection()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Settings(
                    ("ProtectedResource:Resource", "https://api.test"),
                    ("ProtectedResource:AuthorizationServers:0", "https://as.test"),
                    ("ProtectedResources:a:Resource", "https://api.test/a"),
                    ("ProtectedResources:a:AuthorizationServers:0", "https://other.test"),
                    ("ProtectedResources:a:AllowAnyOrigin", "true")),
                Api.Guarded(),
                builder => builder.Services.AddProtectedResourceMetadata(),
                builder => builder.Services.AddProtectedResourceMetadata("a", _ => { }),
                builder => builder.Services.AddProtectedResourceMetadata("a", options => options.ResourceName = "A"),
            ],
            Map());

        Assert.Equal(
            """{"resource":"https://api.test","authorization_servers":["https://as.test"],"bearer_methods_supported":["header"]}""",
            (await api.GetAsync(WellKnown, null, null)).Body);
        var named = await api.GetAsync($"{WellKnown}/a", null, null);
        Assert.Equal(
            """{"resource":"https://api.test/a","authorization_servers":["https://other.test"],"bearer_methods_supported":["header"],"resource_name":"A"}""", named.Body);
        Assert.Equal("*", named.Headers.AccessControlAllowOrigin.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void AddProtectedResourceMetadata_EmptyName_Throws(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddProtectedResourceMetadata(name, _ => { }));

    private static Task<Api> StartNestedAsync() => Api.StartAsync(
        [
            Api.Guarded(),
            Add("root", "https://api.test"),
            Add("x", "https://api.test/x"),
            Add("x1", "https://api.test/x?tenant=1"),
            Add("x2", "https://api.test/x?tenant=2"),
            Add("y", "https://other.test:8443/x/y"),
        ],
        Map());

    private static string? ResourceOf(Answer answer)
    {
        using var document = JsonDocument.Parse(answer.Body);
        return document.RootElement.GetProperty("resource").GetString();
    }
}
