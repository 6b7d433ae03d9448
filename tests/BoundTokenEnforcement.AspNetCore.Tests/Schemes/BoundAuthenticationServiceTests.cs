using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class BoundAuthenticationServiceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AddAuthentication_BeforeOrAfterOurs_IsCovered(bool before)
    {
        var schemes = Setup.Schemes(Setup.Any, authentication => authentication.AddAny());
        var named = Setup.Enforcing(ExemptScheme);
        await using var api = await Api.StartAsync(before ? [schemes, Setup.Enforcing()] : [Setup.Enforcing(), schemes], Setup.Behind());
        await using var twin = await Api.StartAsync(before ? [schemes, named] : [named, schemes], Setup.Behind());

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await twin.AdmitsAsync("/", TestRequests.Stolen, "whoever");
    }

    [Fact]
    public async Task AddBoundTokenEnforcement_Twice_IsOneNet()
    {
        await using var api = await Api.StartAsync(
            [Setup.Schemes(Setup.Any, authentication => authentication.AddAny()), Setup.Enforcing(), Setup.Enforcing()], Setup.Behind());

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);

        Assert.Single(api.Logs.From("BoundTokenEnforcement"), log => log.EventId.Id == 113);
    }

    public static TheoryData<string, Action<IServiceCollection>> OwnServices { get; } = new()
    {
        { "type", services => services.AddScoped<IAuthenticationService, ApplicationService>() },
        { "factory", services => services.AddScoped<IAuthenticationService>(_ => new ApplicationService()) },
        { "instance", services => services.AddSingleton<IAuthenticationService>(new ApplicationService()) },
    };

    [Theory]
    [MemberData(nameof(OwnServices))]
    public async Task OwnService_RegisteredBeforeOurs_IsKeptBehindIt(string how, Action<IServiceCollection> register)
    {
        Assert.NotEmpty(how);
        await using var api = await StartAsync(_ => { });
        await using var named = await StartAsync(ExemptScheme);

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await named.AdmitsAsync("/", TestRequests.Stolen, "of the application");

        Task<Api> StartAsync(Action<BoundTokenEnforcementOptions> enforcement) => Api.StartAsync(
            [Setup.Schemes(Setup.Any, authentication => authentication.AddAny()), builder => register(builder.Services), Setup.Enforcing(enforcement)], Setup.Behind());
    }

    [Fact]
    public async Task OtherCalls_ArePassedOn()
    {
        var told = new List<string>();
        await using var api = await Api.StartAsync(
            [Setup.Schemes(Setup.Any, authentication => authentication.AddAny()), builder => builder.Services.AddSingleton<IAuthenticationService>(new ApplicationService(told)), Setup.Enforcing()],
            (_, app) => app.MapGet("/", async context =>
            {
                await context.ChallengeAsync("a");
                await context.ForbidAsync("b");
                await context.SignInAsync("c", new ClaimsPrincipal());
                await context.SignOutAsync("d");
            }));

        await api.SendAsync("/", _ => { });

        Assert.Equal(["challenge a", "forbid b", "in c", "out d"], told);
    }

    private static void ExemptScheme(BoundTokenEnforcementOptions options) => options.ExemptScheme(Setup.Any, reason: "a test");

    private sealed class ApplicationService(List<string>? told = null) : IAuthenticationService
    {
        public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) => Task.FromResult(
            context.Request.Headers.Authorization.Count == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(AnyTokenHandler.User("of the application", "any"), Setup.Any)));

        public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Tell($"challenge {scheme}");

        public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Tell($"forbid {scheme}");

        public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) => Tell($"in {scheme}");

        public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Tell($"out {scheme}");

        private Task Tell(string what)
        {
            told?.Add(what);
            return Task.CompletedTask;
        }
    }
}
