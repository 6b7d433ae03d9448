using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Two schemes of ours in one request.</summary>
public sealed class TwoGuardedSchemesTests
{
    // Issue 3, 1: a request that presented a bound token which failed is refused as a whole.
    [Fact]
    public async Task TwoGuardedSchemes_OneTokenRefusedInItsOwnHeader_TheOtherIsNotLetIn()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o => o.Requirement = BindingRequirement.WhenBound),
                builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("own", o =>
                {
                    Api.Issuer.Configure(o);
                    o.Events = FromOwnHeader();
                }),
            ],
            (api, app) => api.Map(app, "/").RequireAuthorization(Only("own", "Bearer")));

        var answer = await api.SendAsync("/", context =>
        {
            context.Request.Headers[OwnHandler.Header] = Api.Issuer.BoundTo(Api.A);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.Issue()}";
        });

        Assert.Equal(401, answer.Status);

        var own = await api.SendAsync("/", context =>
        {
            context.Connection.ClientCertificate = Api.A;
            context.Request.Headers[OwnHandler.Header] = Api.Issuer.BoundTo(Api.A);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.Issue()}";
        });
        Assert.Equal(200, own.Status);
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
    };
}
