using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>A guarded API as its users write it, with somebody else's misbehaving code around it.</summary>
internal sealed class SoakApplication : IDisposable
{
    internal const string LargePath = "/large";
    internal const string UploadPath = "/upload";
    internal const int LargeBytes = 16 * 1024 * 1024;

    /// <summary>How seldom keys are fetched for the sake of a token that names an unknown one.</summary>
    internal static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(1);

    internal SoakApplication()
    {
        Logger = new SinkLogger(LogSink);
        Metrics = new SinkMetrics(MetricsSink);
    }

    internal Sink LogSink { get; } = new();

    internal Sink MetricsSink { get; } = new();

    internal Sink AlarmSink { get; } = new();

    internal ReloadableSettings Settings { get; } = new();

    internal Proof Proof { get; } = new();

    internal SinkLogger Logger { get; }

    internal SinkMetrics Metrics { get; }

    internal WebApplication Build(SoakSetup setup)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        ((IConfigurationBuilder)builder.Configuration).Add(Settings);
        builder.Logging.ClearProviders().AddProvider(Logger).AddFilter("Microsoft", LogLevel.Warning);
        var certificate = X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(setup.Certificate), null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            // A machine that is busy with something else is none of the faults.
            https.HandshakeTimeout = TimeSpan.FromMinutes(2);
        })));
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options => Configure(options, setup));
        var enforcement = builder.Services.AddBoundTokenEnforcement(options =>
        {
            options.SigningKeys.AttemptTimeout = TimeSpan.FromMilliseconds(500);
            options.OnRejected = _ =>
            {
                AlarmSink.Called();
                return ValueTask.CompletedTask;
            };
        });
        if (setup.Remember is { } content)
        {
            enforcement.AddValidatedTokenCache(options => options.Remember = content);
        }

        var app = builder.Build();
        app.MapGet("/", Answer).RequireAuthorization();
        app.MapGet(LargePath, AnswerAtLength).RequireAuthorization();
        app.MapPost(UploadPath, AnswerWhenAllIsThere).RequireAuthorization();
        return app;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Metrics.Dispose();
        Logger.Dispose();
        LogSink.Dispose();
        MetricsSink.Dispose();
        AlarmSink.Dispose();
    }

    private static void Configure(JwtBearerOptions options, SoakSetup setup)
    {
        options.Authority = setup.Authority;
        options.RequireHttpsMetadata = false;
        options.RefreshInterval = CoolDown;
        options.TokenValidationParameters.ValidAudience = setup.Audience;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
        options.TokenValidationParameters.ClockSkew = TimeSpan.Zero;
    }

    private Task Answer(HttpContext context)
    {
        Proof.Count(context);
        return context.Response.WriteAsync("Hello");
    }

    private async Task AnswerAtLength(HttpContext context)
    {
        Proof.Count(context);
        var part = new byte[64 * 1024];
        context.Response.ContentLength = LargeBytes;
        for (var sent = 0; sent < LargeBytes; sent += part.Length)
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }

    private async Task AnswerWhenAllIsThere(HttpContext context)
    {
        Proof.Count(context);
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        await context.Response.WriteAsync("Thanks");
    }
}
