using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>What callers do, and what must come of it.</summary>
internal static class TestRequests
{
    /// <summary>The request that T(A) is sent with, without A.</summary>
    internal static Action<HttpContext> Stolen { get; } = With($"Bearer {Api.Issuer.BoundTo(Api.A)}");

    /// <summary>T(A) on a connection with A.</summary>
    internal static Action<HttpContext> Proven { get; } = Stolen + (context => context.Connection.ClientCertificate = Api.A);

    internal static Action<HttpContext> With(string authorization) => context => context.Request.Headers.Authorization = authorization;

    internal static Action<HttpContext> WithHeader(string name, string value) => context => context.Request.Headers[name] = value;

    /// <summary>The session of a user who signed in.</summary>
    internal static Action<HttpContext> Session(this Api api, string subject = "carol", Action<AuthenticationProperties>? customise = null, params Claim[] claims)
    {
        var options = api.Application.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme);
        var ticket = new AuthenticationTicket(AnyTokenHandler.User(subject, "Cookies", claims), CookieAuthenticationDefaults.AuthenticationScheme);
        customise?.Invoke(ticket.Properties);
        return WithHeader("Cookie", $"{options.Cookie.Name}={options.TicketDataFormat.Protect(ticket)}");
    }

    /// <summary>A bound token without its proof: refused as a whole, with one challenge of ours, and nobody enters.</summary>
    internal static async Task RefusesAsync(this Api api, string target, Action<HttpContext> customise, BindingFailure? because = null)
    {
        var before = api.Visits.Count;
        BindingFailure? failure = null;
        var answer = await api.SendAsync(target, customise + (context => context.Response.OnStarting(() =>
        {
            failure = context.Features.Get<IBoundTokenFeature>()?.Failure;
            return Task.CompletedTask;
        })));
        var entered = api.Visits.Count > before;
        FailOpen.Count(entered);
        Assert.False(entered);
        answer.IsUnauthorized();
        Assert.Equal(because ?? failure, failure);
    }

    internal static async Task<Visit> AdmitsAsync(this Api api, string target, Action<HttpContext> customise, string subject)
    {
        var before = api.Visits.Count;
        Assert.Equal(StatusCodes.Status200OK, (await api.SendAsync(target, customise)).Status);
        Assert.Equal(before + 1, api.Visits.Count);
        var visit = api.Visits[^1];
        Assert.True(visit.IsAuthenticated);
        Assert.Equal(subject, visit.Subject);
        return visit;
    }
}
