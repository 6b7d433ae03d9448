using System.Collections.Concurrent;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>One application for each <see cref="SchemeWiring"/>, started once for all its rows.</summary>
public sealed class SchemeWirings : IAsyncDisposable
{
    private const string Main = "main";
    private const string Other = "other";
    private readonly ConcurrentDictionary<(SchemeWiring Wiring, bool Named), Lazy<Task<TlsApiHost>>> _hosts = new();

    internal TestTokenIssuer Issuer { get; } = new();

    /// <param name="wiring">How tokens are authenticated.</param>
    /// <param name="leftUnguarded">Whether the application names the scheme as one that is left alone.</param>
    internal Task<TlsApiHost> HostOf(SchemeWiring wiring, bool leftUnguarded) =>
        _hosts.GetOrAdd((wiring, leftUnguarded), key => new(() => StartAsync(key.Wiring, key.Named))).Value;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values)
        {
            await (await host.Value).DisposeAsync();
        }

        Issuer.Dispose();
    }

    private Task<TlsApiHost> StartAsync(SchemeWiring wiring, bool leftUnguarded) => TlsApiHost.StartAsync(
        builder =>
        {
            AddSchemes(wiring == SchemeWiring.HandMadeCall ? builder.Services.AddAuthentication() : builder.Services.AddAuthentication(Main), wiring);
            builder.Services.AddAuthorizationBuilder().AddPolicy(Entrances.PolicyName, policy => policy.RequireAuthenticatedUser());
            builder.Services.AddEntrances();
            builder.Services.AddBoundTokenEnforcement(options =>
            {
                // What the audit says to these wirings is another matter: they are started to see what happens.
                options.Audit = AuditFailureBehavior.Log;
                if (leftUnguarded)
                {
                    options.ExemptScheme(Main, reason: "to see the difference");
                    options.ExemptScheme(Other, reason: "to see the difference");
                }
            });
        },
        app =>
        {
            if (wiring == SchemeWiring.AddedAtRunTime)
            {
                app.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new(Main, null, typeof(JwtBearerHandler)));
            }

            if (wiring == SchemeWiring.HandMadeCall)
            {
                app.Use(async (context, next) =>
                {
                    var result = await context.AuthenticateAsync(Other);
                    context.User = result.Principal ?? context.User;
                    await next(context);
                });
                app.UseAuthorization();
            }

            app.MapEntrances();
        });

    private void AddSchemes(AuthenticationBuilder authentication, SchemeWiring wiring)
    {
        switch (wiring)
        {
            case SchemeWiring.JwtBearer:
                authentication.AddJwtBearer(Main, Issuer.Configure);
                break;
            case SchemeWiring.PolicyScheme:
                authentication.AddPolicyScheme(Main, null, options => options.ForwardDefaultSelector = _ => Other).AddJwtBearer(Other, Issuer.Configure);
                break;
            case SchemeWiring.ForwardAuthenticate:
                authentication.AddJwtBearer(Main, options =>
                {
                    Issuer.Configure(options);
                    options.ForwardAuthenticate = Other;
                });
                AddHandWritten(authentication, Other);
                break;
            case SchemeWiring.OwnSubclass:
                authentication.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<JwtBearerOptions>, JwtBearerPostConfigureOptions>());
                authentication.AddScheme<JwtBearerOptions, OwnJwtBearerHandler>(Main, Issuer.Configure);
                break;
            case SchemeWiring.HandWritten:
                AddHandWritten(authentication, Main);
                break;
            case SchemeWiring.AddedAtRunTime:
                // Brings the handler along; its own scheme is nobody's default.
                authentication.AddJwtBearer(Other, _ => { });
                authentication.Services.Configure<JwtBearerOptions>(Main, Issuer.Configure);
                break;
            case SchemeWiring.HandMadeCall:
                // The only scheme would be the default.
                authentication.AddCookie(Main);
                AddHandWritten(authentication, Other);
                break;
        }
    }

    private static void AddHandWritten(AuthenticationBuilder authentication, string scheme) =>
        authentication.AddScheme<AuthenticationSchemeOptions, BelievingHandler>(scheme, null);
}
