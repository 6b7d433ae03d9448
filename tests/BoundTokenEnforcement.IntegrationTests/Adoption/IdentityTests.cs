using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>ASP.NET Core Identity with its cookies and its own bearer tokens, beside the access tokens of an authorization server.</summary>
public sealed class IdentityTests
{
    private const string Password = "Correct-Horse-1";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Identity_WithOneLine_UsersGetInAndStolenTokensDoNot()
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient();

        var (cookie, bearer) = await SignInAsync(client);

        await api.EnforcesAsync("/either");
        await api.EnforcesAsync("/jwt");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/identity", cookie: cookie));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/identity", bearer));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/either", cookie: cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/identity"));
        Assert.Empty(api.Report.Faults);
        Assert.Empty(api.Report.Warnings);
    }

    [Fact]
    public async Task Cookie_BesideAStolenToken_IsRefusedWithIt()
    {
        await using var api = await StartAsync();
        using var client = api.Host.CreateClient();
        var (cookie, _) = await SignInAsync(client);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/either", api.Issuer.BoundTo(api.A), cookie));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, "/identity", api.Issuer.BoundTo(api.A), cookie));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, "/identity", cookie: cookie));
    }

    private static Task<AdoptedApi> StartAsync()
    {
        var database = Guid.NewGuid().ToString();
        return AdoptedApi.StartAsync(
            (builder, issuer) =>
            {
                builder.Services.AddDbContext<Users>(options => options.UseInMemoryDatabase(database));
                builder.Services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<Users>();
                builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
                builder.Services.AddAuthorization();
            },
            static app =>
            {
                app.MapIdentityApi<IdentityUser>();
                app.MapGet("/identity", static () => "in").RequireAuthorization();
                app.MapGet("/jwt", static () => "in").RequireAuthorization(policy => policy.AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme).RequireAuthenticatedUser());
                app.MapGet("/either", static () => "in").RequireAuthorization(
                    policy => policy.AddAuthenticationSchemes(JwtBearerDefaults.AuthenticationScheme, IdentityConstants.ApplicationScheme).RequireAuthenticatedUser());
            });
    }

    private static async Task<(string Cookie, string Bearer)> SignInAsync(HttpClient client)
    {
        var user = new { email = "carol@example.com", password = Password };
        using var registered = await client.PostAsJsonAsync("/register", user, Cancellation);
        Assert.Equal(HttpStatusCode.OK, registered.StatusCode);
        using var byCookie = await client.PostAsJsonAsync("/login?useCookies=true", user, Cancellation);
        using var byToken = await client.PostAsJsonAsync("/login", user, Cancellation);
        var token = await byToken.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        return (byCookie.Headers.GetValues("Set-Cookie").First().Split(';')[0], token.GetProperty("accessToken").GetString()!);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string path, string? bearer = null, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var response = await client.SendAsync(request, Cancellation);
        return response.StatusCode;
    }

    private sealed class Users(DbContextOptions<Users> options) : IdentityDbContext<IdentityUser>(options);
}
