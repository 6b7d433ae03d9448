using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>An API in memory that keeps a list of who really got in.</summary>
internal sealed class Api : IAsyncDisposable
{
    private readonly ConcurrentQueue<Visit> _visits = new();
    private readonly TestServer _server;

    private Api(WebApplication application)
    {
        Application = application;
        _server = application.GetTestServer();
        Metrics = new MetricCapture(application.Services, BoundTokenTelemetry.MeterName);
    }

    internal static TestTokenIssuer Issuer { get; } = new();

    internal static X509Certificate2 A { get; } = TestCertificates.SelfSigned("alice");

    internal static X509Certificate2 B { get; } = TestCertificates.SelfSigned("mallory");

    internal WebApplication Application { get; }

    internal LogCapture Logs { get; private init; } = null!;

    internal MetricCapture Metrics { get; }

    internal IReadOnlyList<Visit> Visits => [.. _visits];

    /// <summary>The ordinary API: one JwtBearer scheme, authorization, our one line.</summary>
    internal static Action<WebApplicationBuilder> Guarded(
        Action<JwtBearerOptions>? jwt = null, Action<BoundTokenEnforcementOptions>? enforcement = null) => builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(options =>
            {
                Issuer.Configure(options);
                jwt?.Invoke(options);
            });
            builder.Services.AddAuthorization();
            builder.Services.AddBoundTokenEnforcement(enforcement ?? (_ => { }));
        };

    internal static Task<Api> StartAsync(params Action<WebApplicationBuilder>[] configure) => StartAsync(configure, (api, app) => api.MapProtected(app));

    /// <summary>Starts the API with other endpoints than the one at <c>/</c>.</summary>
    internal static async Task<Api> StartAsync(Action<WebApplicationBuilder>[] configure, Action<Api, WebApplication> map)
    {
        var logs = new LogCapture();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Host.UseDefaultServiceProvider(services =>
        {
            services.ValidateOnBuild = true;
            services.ValidateScopes = true;
        });
        builder.WebHost.UseTestServer();
        foreach (var step in configure)
        {
            step(builder);
        }

        var application = builder.Build();
        try
        {
            var api = new Api(application) { Logs = logs };
            map(api, application);
            await application.StartAsync();
            return api;
        }
        catch
        {
            await application.DisposeAsync();
            throw;
        }
    }

    /// <summary>The settings of an <c>appsettings.json</c>.</summary>
    internal static Action<WebApplicationBuilder> Settings(params (string Key, string? Value)[] settings) => builder =>
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));

    /// <summary>The endpoint at <c>/</c>, which wants an authenticated user.</summary>
    internal void MapProtected(WebApplication app) => Map(app, "/").RequireAuthorization();

    /// <summary>An endpoint whose visitors are remembered.</summary>
    internal IEndpointConventionBuilder Map(WebApplication app, string pattern) => app.Map(pattern, (RequestDelegate)Enter);

    internal Task Enter(HttpContext context)
    {
        _visits.Enqueue(Visit.Of(context));
        return context.Response.WriteAsync("entered");
    }

    internal Task<Answer> GetAsync(string? token, X509Certificate2? certificate) => GetAsync("/", token, certificate);

    internal Task<Answer> GetAsync(string target, string? token, X509Certificate2? certificate) => SendAsync(target, context =>
    {
        context.Connection.ClientCertificate = certificate;
        if (token is not null)
        {
            context.Request.Headers.Authorization = $"Bearer {token}";
        }
    });

    /// <summary>Sends a request whose target reaches the server exactly as written.</summary>
    internal async Task<Answer> SendAsync(string target, Action<HttpContext> customise)
    {
        var context = await _server.SendAsync(
            context =>
            {
                var uri = new Uri($"https://api.test{target}");
                context.Request.Method = HttpMethods.Get;
                context.Request.Scheme = "https";
                context.Request.Host = new HostString("api.test");
                context.Request.Path = PathString.FromUriComponent(uri);
                context.Request.QueryString = QueryString.FromUriComponent(uri);
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
                customise(context);
            },
            TestContext.Current.CancellationToken);
        using var body = new StreamReader(context.Response.Body);
        return new Answer(context.Response.StatusCode, context.Response.Headers, await body.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>T(A) gets in with A, once and as alice, and in no other way.</summary>
    internal async Task EnforcesBindingAsync(string target = "/")
    {
        await RefusesAsync(target, null);
        await RefusesAsync(target, B);
        await AdmitsAsync(target);
    }

    internal async Task RefusesAsync(string target, X509Certificate2? certificate)
    {
        var before = _visits.Count;
        (await GetAsync(target, Issuer.BoundTo(A), certificate)).IsUnauthorized();
        Assert.Equal(before, _visits.Count);
    }

    internal async Task AdmitsAsync(string target = "/", string subject = "alice")
    {
        var before = _visits.Count;
        Assert.Equal(StatusCodes.Status200OK, (await GetAsync(target, Issuer.BoundTo(A), A)).Status);
        Assert.Equal(before + 1, _visits.Count);
        var visit = _visits.Last();
        Assert.True(visit.IsAuthenticated);
        Assert.Equal(subject, visit.Subject);
        Assert.Equal(BindingOutcome.Verified, visit.Feature?.Outcome);
    }

    public async ValueTask DisposeAsync()
    {
        Metrics.Dispose();
        await Application.DisposeAsync();
    }
}
