using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Schemes that live beside the guarded one.</summary>
public sealed class OtherSchemesTests
{
    // RFC 9449 §8, §9: without this challenge no client learns the nonce that it must use.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DPoPScheme_BesideTheGuardedDefault_StillAsksForItsNonce(bool enforced)
    {
        await using var api = await Api.StartAsync(
            [
                builder =>
                {
                    builder.Services.AddTransient<DPoPHandler>();
                    builder.Services.AddAuthorization();
                    builder.Services.AddAuthentication("Bearer").AddGuarded();
                    builder.Services.Configure<AuthenticationOptions>(o => o.AddScheme<DPoPHandler>("DPoP", null));
                    if (enforced)
                    {
                        builder.Services.AddBoundTokenEnforcement(o => o.ExemptScheme("DPoP", reason: "it checks DPoP proofs"));
                    }
                },
            ],
            Setup.Behind("DPoP"));

        var answer = await api.SendAsync("/", TestRequests.With("DPoP abc"));

        Assert.Equal(401, answer.Status);
        Assert.Equal(["DPoP error=\"use_dpop_nonce\""], answer.Challenges);
        Assert.Equal("n1", answer.Headers["DPoP-Nonce"]);
    }

    // Where authentication stands before routing, a cookie does shut it: who asked first is the user then.
    [Theory]
    [InlineData(false)]
    public async Task Cookie_BesideAProvenToken_DoesNotShutTheDemandingEndpoint(bool authenticationBeforeRouting)
    {
        await using var api = await Api.StartAsync(
            [
                Setup.Schemes(Setup.Cookies, schemes => schemes.AddGuarded().AddCookie()),
                builder => builder.Services.AddBoundTokenEnforcement(),
            ],
            (api, app) =>
            {
                if (authenticationBeforeRouting)
                {
                    app.UseAuthentication();
                    app.UseRouting();
                    app.UseAuthorization();
                }

                api.Map(app, "/").RequireAuthorization(new RequireBoundTokenAttribute { AuthenticationSchemes = "Bearer" }).RequireBoundToken();
            });

        Assert.Equal(200, (await api.SendAsync("/", TestRequests.Proven)).Status);
        Assert.Equal(200, (await api.SendAsync("/", TestRequests.Proven + api.Session())).Status);
    }

    private sealed class DPoPHandler : IAuthenticationHandler
    {
        private HttpContext _context = null!;

        public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
        {
            _context = context;
            return Task.CompletedTask;
        }

        public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(AuthenticateResult.Fail("no nonce in the proof"));

        public Task ChallengeAsync(AuthenticationProperties? properties)
        {
            _context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            _context.Response.Headers.WWWAuthenticate = "DPoP error=\"use_dpop_nonce\"";
            _context.Response.Headers["DPoP-Nonce"] = "n1";
            return Task.CompletedTask;
        }

        public Task ForbidAsync(AuthenticationProperties? properties) => Task.CompletedTask;
    }
}
