using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Applications whose endpoints demand different things.</summary>
internal static class EndpointSetup
{
    internal static Action<HttpContext> Unbound { get; } = TestRequests.With($"Bearer {Api.Issuer.Issue()}");

    internal static Task<Api> StartAsync(BindingRequirement requirement, Action<Api, WebApplication> map, params Action<WebApplicationBuilder>[] more) => Api.StartAsync(
        [
            Setup.Schemes(Setup.Bearer, schemes => schemes.AddGuarded().AddCookie().AddAny(options => options.Subject = Key)),
            Setup.Enforcing(options => options.Requirement = requirement),
            .. more,
        ],
        map);

    /// <summary>Only a proven token gets in here.</summary>
    internal static async Task DemandsBoundTokenAsync(this Api api, string target)
    {
        await api.RefusesAsync(target, TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.TurnsAwayAsync(target, Unbound);
        await api.TurnsAwayAsync(target, Unbound + (context => context.Connection.ClientCertificate = Api.A));
        await api.TurnsAwayAsync(target, _ => { });
        Assert.NotNull((await api.AdmitsAsync(target, TestRequests.Proven, "alice")).Feature?.Binding);
    }

    /// <summary>Unbound tokens get in here, and bound ones only with their proof.</summary>
    internal static async Task AllowsUnboundTokenAsync(this Api api, string target)
    {
        await api.RefusesAsync(target, TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.TurnsAwayAsync(target, _ => { });
        Assert.Equal(BindingOutcome.Unbound, (await api.AdmitsAsync(target, Unbound, "alice")).Feature?.Outcome);
        Assert.NotNull((await api.AdmitsAsync(target, TestRequests.Proven, "alice")).Feature?.Binding);
    }

    /// <summary>Nobody enters, and no token of ours is spoken of: a cookie is challenged and forbidden by a redirection.</summary>
    internal static async Task TurnsAwayAsync(this Api api, string target, Action<HttpContext> customise)
    {
        var before = api.Visits.Count;
        var answer = await api.SendAsync(target, customise);
        Assert.Equal(before, api.Visits.Count);
        Assert.Contains(answer.Status, new[] { StatusCodes.Status302Found, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden });
    }

    internal static string? Key(HttpRequest request) => (string?)request.Headers["X-Key"] is { Length: > 0 } key ? key : null;
}
