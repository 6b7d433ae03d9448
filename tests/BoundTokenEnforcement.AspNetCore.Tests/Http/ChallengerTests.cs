using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Http;

public sealed class ChallengerTests
{
    private const string WithMetadata = $", resource_metadata=\"{MetadataSettings.Url}\"";

    [Theory]
    [InlineData("Bearer realm=\"orders\"", "Bearer realm=\"orders\"", "Bearer realm=\"orders\", ")]
    [InlineData("bearer realm=orders", "Bearer realm=\"orders\"", "Bearer realm=\"orders\", ")]
    [InlineData("Bearer realm=\"say \\\"x\\\"\"", "Bearer realm=\"say \\\"x\\\"\"", "Bearer realm=\"say \\\"x\\\"\", ")]
    [InlineData("Bearer", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("Bearer error=\"insufficient_scope\", scope=\"admin\"", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("Negotiate", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("Basic realm=\"orders\"", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("Bearer realm=\"orders\", Basic realm=\"x\"", "Bearer realm=\"\"", "Bearer ")]
    [InlineData("Bearer realm=\"broken", "Bearer realm=\"\"", "Bearer ")]
    public async Task Challenge_ConfiguredByTheApplication_OnlyTheRealmIsKept(string configured, string withoutToken, string beforeError)
    {
        await using var api = await Api.StartAsync(Api.Guarded(options => options.Challenge = configured));

        (await api.GetAsync(null, null)).IsRefusal(401, withoutToken);
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsRefusal(401, beforeError + Answer.InvalidToken["Bearer ".Length..]);
    }

    [Fact]
    [Requirement("R9728-5.1-1")]
    public async Task Challenge_MetadataConfigured_NamesItsUrl()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded());

        (await api.GetAsync(null, null)).IsRefusal(401, $"Bearer resource_metadata=\"{MetadataSettings.Url}\"");
        (await api.GetAsync("garbage", null)).IsRefusal(401, Answer.InvalidToken + WithMetadata);
        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B)).IsRefusal(401, Answer.InvalidToken + WithMetadata);
    }

    // AC-080, AC-081
    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "a\", error=\"insufficient_scope\", scope=\"admin")]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("Forwarded", "host=evil.example;proto=http")]
    [InlineData("X-Original-Host", "evil.example")]
    [Requirement("AC-080", "AC-081")]
    public async Task Challenge_OtherHostClaimed_IsUnchanged(string name, string value)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), MetadataSettings.Add()],
            (api, app) =>
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = Microsoft.AspNetCore.HttpOverrides.ForwardedHeaders.All });
                app.MapProtectedResourceMetadata();
                api.MapProtected(app);
            });

        var answer = await api.SendAsync("/", context =>
        {
            context.Request.Headers[name] = value;
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        });

        answer.IsRefusal(401, Answer.InvalidToken + WithMetadata);
    }

    [Fact]
    [Requirement("R9728-5.1-1")]
    public void Challenge_BesidesThatOfAnotherScheme_KeepsBoth()
    {
        var context = new DefaultHttpContext();
        context.Response.Headers.WWWAuthenticate = "Negotiate";
        var challenger = new ChallengeWriter();

        challenger.Challenge(context, "Bearer", BearerError.InvalidToken);
        challenger.Challenge(context, "Bearer", BearerError.InvalidToken);

        Assert.Equal(["Negotiate", Answer.InvalidToken], context.Response.Headers.WWWAuthenticate.ToArray());
    }

    // Refusals are exactly 401, whatever the application wrote into the answer before.
    [Fact]
    public async Task Refusal_ApplicationHasWrittenAChallengeBefore_Is401()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie()],
            (api, app) =>
            {
                app.Use((context, next) =>
                {
                    context.Response.Headers.WWWAuthenticate = "Other";
                    return next(context);
                });
                app.UseAuthentication();
                app.UseAuthorization();
                api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes(CookieAuthenticationDefaults.AuthenticationScheme).RequireAuthenticatedUser());
            });

        Assert.Equal(401, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);
    }
}
