using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Schemes that are added while the host runs have a handler that nobody swapped.</summary>
public sealed class RuntimeSchemeTests
{
    [Fact]
    public async Task RuntimeScheme_TokenFromAHeaderOfItsOwn_PrincipalReplaced_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                builder => builder.Services.AddTransient<JwtBearerHandler>().AddOptions<JwtBearerOptions>("late").Configure(o =>
                {
                    Api.Issuer.Configure(o);
                    o.SaveToken = false;
                    o.Events = FromOwnHeader();
                }),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("late")));
        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("late", null, typeof(JwtBearerHandler)));

        var answer = await api.SendAsync("/", context => context.Request.Headers[OwnHandler.Header] = Api.Issuer.BoundTo(Api.A));

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task RuntimeScheme_TwoQueryParameters_StolenTokenIsRefused()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                builder => builder.Services.AddTransient<JwtBearerHandler>().AddOptions<JwtBearerOptions>("late").Configure(o =>
                {
                    Api.Issuer.Configure(o);
                    o.SaveToken = false;
                    o.Events = new JwtBearerEvents
                    {
                        OnMessageReceived = context =>
                        {
                            context.Token = context.Request.Query["access_token"].FirstOrDefault();
                            return Task.CompletedTask;
                        },
                        OnTokenValidated = Replace,
                    };
                }),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("late")));
        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("late", null, typeof(JwtBearerHandler)));

        Assert.Equal(401, (await api.SendAsync($"/?access_token={Api.Issuer.BoundTo(Api.A)}", _ => { })).Status);
        Assert.Equal(401, (await api.SendAsync($"/?access_token={Api.Issuer.BoundTo(Api.A)}&access_token=a.b", _ => { })).Status);
    }

    [Fact]
    public async Task RuntimeScheme_EncryptedToken_PrincipalReplaced_StolenTokenIsRefused()
    {
        using var key = new TestEncryptionKey();
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                builder => builder.Services.AddTransient<JwtBearerHandler>().AddOptions<JwtBearerOptions>("late").Configure(o =>
                {
                    Api.Issuer.Configure(o);
                    o.TokenValidationParameters.TokenDecryptionKey = key.PrivateSecurityKey();
                    o.TokenValidationParameters.ValidTypes = null;
                    o.Events = new JwtBearerEvents { OnTokenValidated = Replace };
                }),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("late")));
        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("late", null, typeof(JwtBearerHandler)));

        Assert.Equal(401, (await api.GetAsync(key.Encrypt(Api.Issuer.BoundTo(Api.A), _ => { }), null)).Status);
    }

    private static AuthorizationPolicy Only(params string[] schemes) =>
        new AuthorizationPolicyBuilder(schemes).RequireAuthenticatedUser().Build();

    private static JwtBearerEvents FromOwnHeader() => new()
    {
        OnMessageReceived = context =>
        {
            context.Token = context.Request.Headers[OwnHandler.Header];
            return Task.CompletedTask;
        },
        OnTokenValidated = Replace,
    };

    private static Task Replace(TokenValidatedContext context)
    {
        context.Principal = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "from the database")], "db"));
        return Task.CompletedTask;
    }
}
