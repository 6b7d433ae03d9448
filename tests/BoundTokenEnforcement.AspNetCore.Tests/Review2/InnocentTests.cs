using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Review2;

/// <summary>Applications that work without the one line.</summary>
public sealed class InnocentTests
{
    // The same happens to a handler of the application's own that asks for it (the case for which the container is asked at all).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JwtBearerOptions_ConfiguredWithTheHelpOfTheSchemes_HostStarts(bool enforced)
    {
        var depth = 0;
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddGuarded();
            builder.Services.AddAuthorization();
            // What AddOptions<JwtBearerOptions>("Bearer").Configure<IAuthenticationSchemeProvider>(…) registers, with an end to it.
            builder.Services.AddTransient<IConfigureOptions<JwtBearerOptions>>(services =>
            {
                if (++depth > 50)
                {
                    throw new InvalidOperationException("endless recursion");
                }

                var provider = services.GetRequiredService<IAuthenticationSchemeProvider>();
                depth--;
                return new ConfigureNamedOptions<JwtBearerOptions, IAuthenticationSchemeProvider>("Bearer", provider, static (_, _) => { });
            });
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement();
            }
        });

        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ReportOnly_BadTokenWithATokenInTheForm_IsAnsweredAsWithoutEnforcement(bool enforced)
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddGuarded();
            builder.Services.AddAuthorization();
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement(o => o.Mode = EnforcementMode.ReportOnly);
            }
        });

        Assert.Equal(401, (await api.SendAsync("/", Form("access_token=x", "Bearer not-valid"))).Status);
    }

    // Whoever asks again and again with a handler that does not remember its answer.
    [Fact]
    public async Task UnguardedScheme_AskedOftenInOneRequest_CostsNoMoreEachTime()
    {
        long first = 0, last = 0;
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o => o.LeaveUnguarded("Plain", because: "an API key")),
                builder =>
                {
                    builder.Services.AddTransient<PlainHandler>();
                    builder.Services.AddAuthentication("Bearer").Services.Configure<AuthenticationOptions>(o => o.AddScheme<PlainHandler>("Plain", null));
                },
            ],
            (_, app) => app.MapGet("/", async (HttpContext context) =>
            {
                first = await TimeAsync(context);
                for (var i = 0; i < 10000; i++)
                {
                    await context.AuthenticateAsync("Plain");
                }

                last = await TimeAsync(context);
            }));

        Assert.Equal(200, (await api.GetAsync(null, null)).Status);
        Assert.True(last < 10 * first, $"100 authentications took {first} ticks, and {last} after 10000 others");
    }

    private static async Task<long> TimeAsync(HttpContext context)
    {
        await context.AuthenticateAsync("Plain");
        var began = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            await context.AuthenticateAsync("Plain");
        }

        return System.Diagnostics.Stopwatch.GetTimestamp() - began;
    }

    private static Action<HttpContext> Form(string body, string authorization) => context =>
    {
        context.Request.Method = "POST";
        context.Request.Headers.Authorization = authorization;
        context.Request.ContentType = "application/x-www-form-urlencoded";
        var bytes = Encoding.ASCII.GetBytes(body);
        context.Request.ContentLength = bytes.Length;
        context.Request.Body = new MemoryStream(bytes);
    };

    internal sealed class PlainHandler : IAuthenticationHandler
    {
        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context) => Task.CompletedTask;

        public Task<AuthenticateResult> AuthenticateAsync() =>
            Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(AnyTokenHandler.User("key", "Plain"), "Plain")));

        public Task ChallengeAsync(AuthenticationProperties? properties) => Task.CompletedTask;

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
