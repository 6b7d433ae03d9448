using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement.AspNetCore.Tests.Http;

/// <summary>What a script in a browser sees of a refusal.</summary>
public sealed class CorsTests
{
    private const string Origin = "https://app.test";

    // "Two values" is what fetch makes of a header that is appended twice.
    public static TheoryData<string, string[], string> Unreadable => new()
    {
        { "malformed", ["Bearer not a token"], "/" },
        { "two values", [Bound, Bound], "/" },
        { "joined values", [$"{Bound}, {Bound}"], "/" },
        { "header and query", [Bound], $"/?access_token={Api.Issuer.BoundTo(Api.A)}" },
    };

    private static string Bound => $"Bearer {Api.Issuer.BoundTo(Api.A)}";

    // A script reads the status only with the header. The 401 comes from behind UseCors.
    [Fact]
    public async Task Refusal_ByTheSchemeBehindUseCors_HasItsHeader()
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync("/", FromScript(Bound));

        Assert.Equal((StatusCodes.Status401Unauthorized, Origin), (answer.Status, answer.Headers.AccessControlAllowOrigin.ToString()));
    }

    // The one 400 that comes from the scheme.
    [Fact]
    public async Task Refusal_ForATokenInTheForm_HasTheHeader()
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync("/", context =>
        {
            FromScript(Bound)(context);
            context.Connection.ClientCertificate = Api.A;
            context.Request.Method = HttpMethods.Post;
            context.Request.ContentType = "application/x-www-form-urlencoded";
            context.Request.Body = new MemoryStream("access_token=x"u8.ToArray());
        });

        Assert.Equal((StatusCodes.Status400BadRequest, Origin), (answer.Status, answer.Headers.AccessControlAllowOrigin.ToString()));
    }

    // The 400 comes from in front of everything, as the documentation says.
    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Refusal_BeforeTheMiddleware_HasNoCorsHeader(string what, string[] authorization, string target)
    {
        await using var api = await StartAsync();

        var answer = await api.SendAsync(target, FromScript(authorization));

        Assert.NotEmpty(what);
        Assert.Equal(StatusCodes.Status400BadRequest, answer.Status);
        Assert.False(answer.Headers.ContainsKey(HeaderNames.AccessControlAllowOrigin));
    }

    // The way out that the documentation shows: CORS before everything, ours included.
    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Refusal_BehindCorsInAStartupFilter_HasItsHeader(string what, string[] authorization, string target)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), static builder => builder.Services.AddCors().Insert(0, ServiceDescriptor.Singleton<IStartupFilter, CorsBeforeAll>())],
            static (api, app) => api.MapProtected(app));

        var unreadable = await api.SendAsync(target, FromScript(authorization));
        var refused = await api.SendAsync("/", FromScript(Bound));
        var accepted = await api.SendAsync("/", context =>
        {
            FromScript(Bound)(context);
            context.Connection.ClientCertificate = Api.A;
        });

        Assert.NotEmpty(what);
        Assert.Equal((StatusCodes.Status400BadRequest, Origin), (unreadable.Status, unreadable.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Equal((StatusCodes.Status401Unauthorized, Origin), (refused.Status, refused.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Equal((StatusCodes.Status200OK, Origin), (accepted.Status, accepted.Headers.AccessControlAllowOrigin.ToString()));
    }

    // What the documentation says about endpoints with a policy of their own.
    [Theory]
    [InlineData(true, StatusCodes.Status200OK)]
    [InlineData(false, null)]
    public async Task EndpointWithItsOwnPolicy_BehindCorsInAStartupFilter_NeedsUseCorsAndGetsTheFirstPolicy(bool useCors, int? status)
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), static builder => builder.Services.AddCors().Insert(0, ServiceDescriptor.Singleton<IStartupFilter, CorsBeforeAll>())],
            (api, app) =>
            {
                if (useCors)
                {
                    app.UseCors();
                }

                api.Map(app, "/").RequireCors(static policy => policy.WithOrigins("https://other.test"));
            });

        var asked = api.SendAsync("/", static context => context.Request.Headers.Origin = Origin);

        if (status is null)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => asked);
            return;
        }

        var answer = await asked;
        Assert.Equal((status, Origin), (answer.Status, answer.Headers.AccessControlAllowOrigin.ToString()));
    }

    private static Task<Api> StartAsync() => Api.StartAsync(
        [Api.Guarded(), static builder => builder.Services.AddCors()],
        static (api, app) =>
        {
            app.UseCors(Policy);
            app.UseAuthentication();
            app.UseAuthorization();
            api.MapProtected(app);
        });

    private static void Policy(CorsPolicyBuilder policy) => policy.WithOrigins(Origin).AllowAnyHeader();

    private static Action<HttpContext> FromScript(params string[] authorization) => context =>
    {
        context.Request.Headers.Origin = Origin;
        context.Request.Headers[HeaderNames.Authorization] = authorization;
    };

    private sealed class CorsBeforeAll : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.UseCors(Policy);
            next(app);
        };
    }
}
