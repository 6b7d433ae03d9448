using System.Net;
using System.Net.Sockets;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

public sealed class StartupAuditTests
{
    [Fact]
    public async Task Start_TypicalHost_PrintsOneTable()
    {
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                Api.Guarded()(builder);
                MetadataSettings.Add()(builder);
            },
            app =>
            {
                app.MapProtectedResourceMetadata();
                app.MapGet("/public", Nothing);
                app.MapGet("/orders", Nothing).RequireAuthorization();
                app.MapPost("/orders", Nothing).RequireBoundToken();
            });

        var log = Assert.Single(host.Logs.From(typeof(StartupAudit).FullName!));

        Assert.Equal((230, "AuditPassed", LogLevel.Information), (log.EventId.Id, log.EventId.Name, log.Level));
        Assert.Equal(
            $$"""
            What is enforced here:
              policy     requirement Required, mode Enforce, certificates from the connection
              scheme     Bearer         guarded
              endpoints  bound token    GET /orders, POST /orders
              endpoints  open to all    /.well-known/oauth-protected-resource/{**path}, GET /public
              listener   https://127.0.0.1:{{host.Port}} asks for a client certificate (tried)
              metadata   https://api.test/.well-known/oauth-protected-resource/t1/api says that bound tokens are enforced
            """,
            log.Message);
    }

    [Fact]
    public async Task Start_WithWarnings_PrintsThemInTheTable()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(enforcement: options => options.ExemptScheme("key", reason: "it ends in spring")), KeyHandler.Add("key"));

        var log = Assert.Single(api.Logs.From(typeof(StartupAudit).FullName!));

        Assert.Equal((231, "AuditWarned", LogLevel.Warning), (log.EventId.Id, log.EventId.Name, log.Level));
        Assert.Equal(
            """
            What is enforced here:
              policy     requirement Required, mode Enforce, certificates from the connection
              scheme     Bearer         guarded
              scheme     key            EXEMPT, reason: it ends in spring
              endpoints  bound token    /
              metadata   none published: clients cannot know that bound tokens are enforced here
              warning    Scheme 'key' accepts stolen bound tokens, reason: it ends in spring
            """,
            log.Message);
    }

    [Fact]
    public async Task Start_WithFaultsOfEveryKind_TellsAllAtOnce()
    {
        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => StartWithEveryFaultAsync(_ => { }));

        Assert.Equal(
            [
                "Scheme 'key' may accept access tokens, but their binding is not enforced. In AddBoundTokenEnforcement, call AcceptsNoAccessTokens(\"key\"), EnforcedByHandler(\"key\"), VerifiesBindings(\"key\") or ExemptScheme(\"key\", reason: …), whichever is true.",
                "ExemptScheme names scheme 'gone', which does not exist.",
                "EnforcedByHandler names scheme 'gone', which does not exist.",
                "ExemptScheme names scheme 'gone', and another option does too. Keep one.",
                "CertificateAuthenticationScheme names scheme 'Bearer', which accepts access tokens. Name one that accepts certificates.",
                "Endpoint '/' demands a bound token and at the same time allows unbound tokens or everybody. Keep one.",
                "No client certificate can arrive, so every bound token would be refused. Listen on https, and let the listener ask: RequestClientCertificates = true, or https.RequestClientCertificate() in your own ConfigureHttpsDefaults. Or, if a reverse proxy or an ingress ends TLS, name it and its field in BoundTokens:ForwardedCertificate.",
                "AddProtectedResourceMetadata() was called, but not app.MapProtectedResourceMetadata(): every challenge would lead nowhere.",
            ],
            failure.Report.Faults);
        Assert.Equal(
            $"The start-up audit of BoundTokenEnforcement found what must be changed:\n- {string.Join("\n- ", failure.Report.Faults)}\n(Audit = Log starts all the same.)",
            failure.Message);
        Assert.EndsWith(string.Concat(failure.Report.Faults.Select(fault => $"\n  FAULT      {fault}")), failure.Report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithFaultsOfEveryKindOnlyWarned_StartsAndLogsThemAsAnError()
    {
        await using var host = await StartWithEveryFaultAsync(options => options.Audit = AuditFailureBehavior.Log);

        var log = Assert.Single(host.Logs.From(typeof(StartupAudit).FullName!));
        var report = await Audited.OfAsync(host.Services);
        Assert.Equal((232, "AuditFailed", LogLevel.Error), (log.EventId.Id, log.EventId.Name, log.Level));
        Assert.Equal(8, report.Faults.Count);
        Assert.Equal(report.ToString(), log.Message);
    }

    [Fact]
    public Task Start_MetadataAddedAndNotMapped_IsAFault() => Audited.HasFaultAsync(
        "AddProtectedResourceMetadata() was called, but not app.MapProtectedResourceMetadata(): every challenge would lead nowhere.",
        [Api.Guarded(), MetadataSettings.Add()]);

    [Fact]
    public Task Start_MetadataAddedAndMapped_IsSound() => Audited.IsSoundAsync([Api.Guarded(), MetadataSettings.Add()], (api, app) =>
    {
        app.MapProtectedResourceMetadata();
        api.MapProtected(app);
    });

    // Even if the application catches the exception and never stops the host.
    [Fact]
    public async Task Start_WithAFault_NobodyListensAnyMore()
    {
        await using var refused = Build(options => options.ExemptScheme("gone", reason: "a slip"));
        await Assert.ThrowsAsync<BoundTokenAuditException>(() => refused.StartAsync(TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(refused));

        await using var sound = Build(_ => { });
        await sound.StartAsync(TestContext.Current.CancellationToken);
        await ConnectAsync(sound);
    }

    [Fact]
    public async Task Run_WithAFault_EndsWithTheFault()
    {
        await using var app = Build(options => options.ExemptScheme("gone", reason: "a slip"));

        var failure = await Assert.ThrowsAsync<BoundTokenAuditException>(() => app.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal(["ExemptScheme names scheme 'gone', which does not exist."], failure.Report.Faults);
    }

    [Fact]
    public async Task Start_SchemesCannotBeFoundOut_DoesNotStart()
    {
        Task<Api> StartAsync() => Api.StartAsync(
            Api.Guarded(enforcement: options => options.Audit = AuditFailureBehavior.Log),
            builder => builder.Services.AddSingleton<IAuthenticationSchemeProvider, BrokenSchemes>());

        await Assert.ThrowsAsync<NotSupportedException>(StartAsync);
    }

    // A worker that shares its services with an API has nothing to listen with.
    [Fact]
    public async Task Start_HostWithoutAServer_IsAuditedWithoutListeners()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
        builder.Services.AddRouting().AddBoundTokenEnforcement();
        using var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);

        var report = await Audited.OfAsync(host.Services);

        Assert.Empty(report.Faults);
        Assert.Empty(report.Listeners);
    }

    private static IResult Nothing() => Results.Ok();

    private static Task<TlsApiHost> StartWithEveryFaultAsync(Action<BoundTokenEnforcementOptions> enforcement) => TlsApiHost.StartAsync(
        builder =>
        {
            Api.Guarded(enforcement: options =>
            {
                options.ExemptScheme("gone", reason: "a slip");
                options.EnforcedByHandler("gone");
                options.CertificateAuthenticationScheme = "Bearer";
                options.RequestClientCertificates = false;
                enforcement(options);
            })(builder);
            KeyHandler.Add("key")(builder);
            MetadataSettings.Add()(builder);
        },
        app => app.Map("/", Nothing).RequireBoundToken().AllowAnonymous());

    private static WebApplication Build(Action<BoundTokenEnforcementOptions> enforcement)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        Api.Guarded(enforcement: enforcement)(builder);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(TestCertificates.Server())));
        var app = builder.Build();
        app.Map("/", Nothing).RequireAuthorization();
        return app;
    }

    private static async Task ConnectAsync(WebApplication app)
    {
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(address).Port, TestContext.Current.CancellationToken);
    }

    private sealed class BrokenSchemes(Microsoft.Extensions.Options.IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options)
    {
        public override Task<IEnumerable<AuthenticationScheme>> GetAllSchemesAsync() => throw new NotSupportedException("Nobody knows.");
    }
}
