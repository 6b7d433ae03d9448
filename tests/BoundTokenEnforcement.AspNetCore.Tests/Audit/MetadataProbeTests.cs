using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

/// <summary>What the audit says of the metadata is what a client is answered: it is fetched over the host's own listener.</summary>
public sealed class MetadataProbeTests
{
    private const string Remedy =
        "Remove what answers there, middleware or an authentication handler with metadata of its own (AddMcp, for example), or do not call AddProtectedResourceMetadata().";

    [Fact]
    public async Task Document_OfTheEndpoint_IsWhatTheReportSays()
    {
        await using var host = await StartAsync();

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([$"{MetadataSettings.Url} says that bound tokens are enforced"], report.Metadata);
        Assert.Empty(report.Faults);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task Document_OverHttp2Only_IsFetched()
    {
        await using var host = await StartAsync(listen: (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            listener.UseHttps(certificate);
        }));

        Assert.Equal([$"{MetadataSettings.Url} says that bound tokens are enforced"], (await Audited.OfAsync(host.Services)).Metadata);
    }

    // As with an authentication handler that serves metadata of its own: no route shows it.
    [Theory]
    [InlineData(MetadataSettings.Document, "it does not say that bound tokens are enforced")]
    [InlineData(MetadataSettings.EnforcedDocument + " ", "it says that bound tokens are enforced, whether they are or not")]
    [InlineData("""{"resource":"https://api.test"}""", "it describes https://api.test")]
    [InlineData("<html>", "what is answered is no protected resource metadata")]
    [InlineData("", "what is answered is no protected resource metadata")]
    public async Task Document_OfSomethingInFront_IsAFault(string document, string what)
    {
        // Our own document, byte by byte, does no harm.
        var answer = document == MetadataSettings.Document ? document + " " : document;

        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(inFront: context => context.Response.WriteAsync(answer)));

        Assert.Equal([$"{MetadataSettings.Url} is answered by something else than MapProtectedResourceMetadata(): {what}. {Remedy}"], failure.Report.Faults);
        Assert.Equal([$"{MetadataSettings.Url} is answered by something else: {what}"], failure.Report.Metadata);
    }

    // In report-only mode and in development a host may refuse the right clients, but it may not claim what is not so.
    [Fact]
    public async Task Document_ThatClaimsTooMuch_IsAFaultInDevelopmentToo()
    {
        Action<WebApplicationBuilder> development = builder =>
        {
            builder.Environment.EnvironmentName = Environments.Development;
            builder.Services.AddSingleton<IHostEnvironment>(builder.Environment);
        };

        await Assert.ThrowsAsync<BoundTokenAuditException>(
            () => StartAsync(development, inFront: context => context.Response.WriteAsync(MetadataSettings.EnforcedDocument + " ")));
        await using var host = await StartAsync(development, inFront: context => context.Response.WriteAsync(MetadataSettings.Document + " "));

        Assert.Contains((await Audited.OfAsync(host.Services)).Warnings, warning => warning.Contains("is answered by something else", StringComparison.Ordinal));
    }

    // A static copy, or a cache: our own text, and no longer true.
    [Fact]
    public async Task Document_OfOursThatClaimsWhatIsNotSo_IsAFault()
    {
        Action<WebApplicationBuilder> relaxed = builder => builder.Services.Configure<BoundTokenEnforcementOptions>(options => options.Requirement = BindingRequirement.WhenBound);

        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartAsync(relaxed, inFront: context => context.Response.WriteAsync(MetadataSettings.EnforcedDocument)));

        Assert.Contains("it says that bound tokens are enforced, whether they are or not", Assert.Single(failure.Report.Faults), StringComparison.Ordinal);
    }

    // A proxy in front may rewrite the path, or speak for the host: nothing is known, and nothing is claimed.
    [Theory]
    [InlineData(404)]
    [InlineData(307)]
    [InlineData(500)]
    public async Task Document_IsNotAnsweredHere_IsNoFault(int status)
    {
        await using var host = await StartAsync(inFront: context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([$"{MetadataSettings.Url} says that bound tokens are enforced (not fetched: this host answered its own request with {status}; behind a proxy that rewrites paths it may)"], report.Metadata);
        Assert.Empty(report.Faults);
    }

    [Fact]
    public async Task Listener_TakesOnlyItsOwnClients_IsNoFault()
    {
        await using var host = await StartAsync(listen: (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = static (_, _, _) => false;
        })));

        var report = await Audited.OfAsync(host.Services);

        Assert.Equal([$"{MetadataSettings.Url} says that bound tokens are enforced (not fetched: the request to this host itself failed)"], report.Metadata);
        Assert.Empty(report.Faults);
    }

    [Fact]
    public async Task Server_WithoutAddresses_IsNotFetchedFrom()
    {
        await using var api = await PublishingApi.StartAsync(Api.Guarded());

        Assert.Equal(
            [$"{MetadataSettings.Url} does not say that bound tokens are enforced: no connection was asked for a client certificate yet (not fetched: this server has no address to fetch from)"],
            (await Audited.OfAsync(api.Application.Services)).Metadata);
    }

    // A health check runs the audit again and again.
    [Fact]
    public async Task Audit_RunTwice_FetchesOnce()
    {
        var requests = 0;
        await using var host = await StartBehindAsync(async (context, next) =>
        {
            Interlocked.Increment(ref requests);
            await next(context);
        });

        await Audited.OfAsync(host.Services);
        await Audited.OfAsync(host.Services);

        Assert.Equal(1, requests);
    }

    private static Task<TlsApiHost> StartAsync(Action<WebApplicationBuilder>? configure = null, RequestDelegate? inFront = null, Action<KestrelServerOptions, X509Certificate2>? listen = null) =>
        StartBehindAsync(inFront is null ? static (context, next) => next(context) : (context, next) => context.Request.Path.StartsWithSegments("/.well-known") ? inFront(context) : next(context), configure, listen);

    private static Task<TlsApiHost> StartBehindAsync(
        Func<HttpContext, RequestDelegate, Task> inFront, Action<WebApplicationBuilder>? configure = null, Action<KestrelServerOptions, X509Certificate2>? listen = null) => TlsApiHost.StartAsync(
        builder =>
        {
            Api.Guarded()(builder);
            MetadataSettings.Add()(builder);
            configure?.Invoke(builder);
        },
        app =>
        {
            app.Use(inFront);
            app.MapProtectedResourceMetadata();
            app.MapGet("/", () => Results.Ok()).RequireAuthorization();
        },
        listen);
}
