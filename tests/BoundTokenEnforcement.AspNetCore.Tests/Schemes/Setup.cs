using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>Applications with other schemes besides the guarded one.</summary>
internal static class Setup
{
    internal const string Bearer = JwtBearerDefaults.AuthenticationScheme;
    internal const string Cookies = CookieAuthenticationDefaults.AuthenticationScheme;
    internal const string Any = AnyTokenHandler.SchemeName;
    internal const string TokenHeader = "X-Token";

    /// <summary>Schemes that the audit would object to are started all the same.</summary>
    internal static Action<WebApplicationBuilder> Enforcing(Action<BoundTokenEnforcementOptions>? configure = null) => builder =>
        builder.Services.AddBoundTokenEnforcement(options =>
        {
            options.Audit = AuditFailureBehavior.Log;
            configure?.Invoke(options);
        });

    internal static Action<WebApplicationBuilder> Schemes(string? defaultScheme, Action<AuthenticationBuilder> add) => builder =>
    {
        builder.Services.AddAuthorization();
        add(defaultScheme is null ? builder.Services.AddAuthentication() : builder.Services.AddAuthentication(defaultScheme));
    };

    internal static AuthenticationBuilder AddGuarded(this AuthenticationBuilder authentication, Action<JwtBearerOptions>? configure = null) =>
        authentication.AddJwtBearer(options =>
        {
            Api.Issuer.Configure(options);
            options.MapInboundClaims = false;
            configure?.Invoke(options);
        });

    internal static AuthenticationBuilder AddAny(this AuthenticationBuilder authentication, Action<AnyTokenOptions>? configure = null) =>
        authentication.AddScheme<AnyTokenOptions, AnyTokenHandler>(Any, configure);

    /// <summary>Takes the token from where nobody else looks.</summary>
    internal static void ReadToken(JwtBearerOptions options) => options.Events = new()
    {
        OnMessageReceived = context =>
        {
            context.Token = context.Request.Headers[TokenHeader];
            return Task.CompletedTask;
        },
    };

    /// <summary>The endpoint at <c>/</c>, with a policy that asks these schemes in this order; the default scheme if there are none.</summary>
    internal static Action<Api, WebApplication> Behind(params string[] schemes) => (api, app) =>
        api.Map(app, "/").RequireAuthorization(policy => policy.RequireAuthenticatedUser().AddAuthenticationSchemes(schemes));

    internal static Task<Api> StartAsync(
        string? defaultScheme, Action<AuthenticationBuilder> schemes, Action<Api, WebApplication> map, Action<BoundTokenEnforcementOptions>? enforcement = null) =>
        Api.StartAsync([Schemes(defaultScheme, schemes), Enforcing(enforcement)], map);
}
