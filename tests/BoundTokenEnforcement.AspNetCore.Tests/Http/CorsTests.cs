using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace BoundTokenEnforcement.AspNetCore.Tests.Http;

/// <summary>What a script in a browser sees of a refusal.</summary>
public sealed class CorsTests
{
    // The script reads the status only with the header. The 401 comes from behind UseCors; the 400 from in front of everything, as the documentation says.
    [Fact]
    public async Task Refusals_BehindUseCors_HaveItsHeaderAndTheOthersDoNot()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), static builder => builder.Services.AddCors()],
            static (api, app) =>
            {
                app.UseCors(static policy => policy.WithOrigins("https://app.test").AllowAnyHeader());
                app.UseAuthentication();
                app.UseAuthorization();
                api.MapProtected(app);
            });

        var refused = await api.SendAsync("/", FromScript($"Bearer {Api.Issuer.BoundTo(Api.A)}"));
        var unreadable = await api.SendAsync("/", FromScript("Bearer not a token"));

        Assert.Equal((StatusCodes.Status401Unauthorized, "https://app.test"), (refused.Status, refused.Headers.AccessControlAllowOrigin.ToString()));
        Assert.Equal((StatusCodes.Status400BadRequest, string.Empty), (unreadable.Status, unreadable.Headers.AccessControlAllowOrigin.ToString()));
    }

    private static Action<HttpContext> FromScript(string authorization) => context =>
    {
        context.Request.Headers.Origin = "https://app.test";
        context.Request.Headers[HeaderNames.Authorization] = authorization;
    };
}
