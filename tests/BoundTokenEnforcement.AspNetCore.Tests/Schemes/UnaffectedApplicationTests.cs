using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Applications that work without the one line.</summary>
public sealed class UnaffectedApplicationTests
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
