using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using static BoundTokenEnforcement.AspNetCore.Tests.Resources.TwoResources;

namespace BoundTokenEnforcement.AspNetCore.Tests.Resources;

// AC-085, D31: each resource says of itself what is true of itself.
[Requirement("AC-085", "D31")]
public sealed class MetadataFlagTests
{
    [Fact]
    public async Task Flag_NothingRelaxed_IsTrueInBoth()
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map());

        Assert.True(await api.SaysEnforcedAsync("/a"));
        Assert.True(await api.SaysEnforcedAsync("/b"));
        Assert.DoesNotContain(api.Logs.Records, record => record.EventId.Id == 220);
    }

    [Theory]
    [InlineData("/a", false, true)]
    [InlineData("/a/orders", false, true)]
    [InlineData("/A/orders", false, true)]
    [InlineData("/ab", false, false)]
    [InlineData("/b/{id}", true, false)]
    [InlineData("/{tenant}/orders", false, false)]
    [InlineData("/{tenant:alpha}", false, false)]
    [InlineData("/{**rest}", false, false)]
    [InlineData("/orders", false, false)]
    [InlineData("/", false, false)]
    public async Task Flag_EndpointRelaxed_IsAbsentWhereItMayBelong(string pattern, bool a, bool b)
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], (host, app) =>
        {
            host.Map(app, pattern).RequireAuthorization().AllowUnboundToken();
            app.MapProtectedResourceMetadata();
        });

        Assert.Equal(a, await api.SaysEnforcedAsync("/a"));
        Assert.Equal(b, await api.SaysEnforcedAsync("/b"));
    }

    [Fact]
    public async Task Flag_OneResource_EveryRelaxedEndpointIsItsOwn()
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Add("a", "https://api.test/a")], Map((host, app) => host.Map(app, "/b").AllowUnboundToken()));

        Assert.False(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_EndpointTightened_IsTrue()
    {
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map((host, app) => host.Map(app, "/a/1").RequireBoundToken()));

        Assert.True(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_EndpointsComeAndGo_FollowsThem()
    {
        var source = new ChangingEndpoints();
        await using var api = await Api.StartAsync([Api.Guarded(), Both()], Map((_, app) => ((IEndpointRouteBuilder)app).DataSources.Add(source)));
        Assert.True(await api.SaysEnforcedAsync("/a"));

        source.Become(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/a/late"), 0, new(new AllowUnboundTokenAttribute()), "late"));
        Assert.False(await api.SaysEnforcedAsync("/a"));
        Assert.True(await api.SaysEnforcedAsync("/b"));

        source.Become();
        Assert.True(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_ModeReloadedToReportOnly_IsGoneAtOnceAndToldOnce()
    {
        await using var api = await Api.StartAsync([Api.Settings(("BoundTokens:Mode", "Enforce")), Api.Guarded(), Both()], Map());
        Assert.True(await api.SaysEnforcedAsync("/a"));

        Reload("ReportOnly");
        Assert.False(await api.SaysEnforcedAsync("/a"));
        Assert.False(await api.SaysEnforcedAsync("/a"));
        var record = Assert.Single(api.Logs.Records, record => record.EventId.Id == 220);
        Assert.Equal((LogLevel.Warning, "BoundTokensNotAdvertised"), (record.Level, record.EventId.Name));
        Assert.Equal("The metadata of https://api.test/a does not say that bound tokens are enforced: BoundTokens:Mode lets refused tokens through.", record.Message);

        Reload("Enforce");
        Assert.True(await api.SaysEnforcedAsync("/a"));
        Reload("ReportOnly");
        Assert.False(await api.SaysEnforcedAsync("/a"));
        Assert.Equal(2, api.Logs.Records.Count(record => record.EventId.Id == 220));

        void Reload(string mode)
        {
            api.Application.Configuration["BoundTokens:Mode"] = mode;
            ((IConfigurationRoot)api.Application.Configuration).Reload();
        }
    }

    [Theory]
    [InlineData("Bearer", "Bearer", false)]
    [InlineData("Bearer", "two", true)]
    [InlineData("two", "Bearer", false)]
    [InlineData("two", "Bearer,two", false)]
    public async Task Flag_SchemeOnlyReports_IsAbsentWhereItCounts(string reporting, string schemes, bool enforced)
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: options => options.ReportOnly(reporting)),
                builder => builder.Services.AddAuthentication("two").AddJwtBearer("two", Api.Issuer.Configure),
                Both(options => Name(options, schemes)),
            ],
            Map());

        Assert.Equal(enforced, await api.SaysEnforcedAsync("/a"));
        Assert.False(await api.SaysEnforcedAsync("/b"));
    }

    [Theory]
    [InlineData("two", true)]
    [InlineData("two,legacy", false)]
    [InlineData("Bearer,two", true)]
    [InlineData("two,nobody", false)]
    [InlineData("two,any", false)]
    public async Task Flag_SchemeLeftUnguarded_IsAbsentWhereItMayCount(string schemes, bool enforced)
    {
        await using var api = await StartWithLegacyAsync(schemes);

        Assert.Equal(enforced, await api.SaysEnforcedAsync("/a"));
        Assert.False(await api.SaysEnforcedAsync("/b"));
    }

    [Fact]
    public async Task Flag_NamedSchemeForwardsToAnUnguardedOne_IsAbsent()
    {
        await using var api = await StartWithLegacyAsync("two", builder =>
            builder.Services.Configure<JwtBearerOptions>("two", options => options.ForwardDefaultSelector = _ => null));

        Assert.False(await api.SaysEnforcedAsync("/a"));
    }

    [Theory]
    [InlineData("/a/old", false)]
    [InlineData("/b/old", true)]
    public async Task Flag_EndpointTakesASchemeThatIsNotNamed_IsAbsent(string pattern, bool enforced)
    {
        await using var api = await StartWithLegacyAsync(
            "two", map: (host, app) => host.Map(app, pattern).RequireAuthorization(new AuthorizeAttribute { AuthenticationSchemes = "legacy" }));

        Assert.Equal(enforced, await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_EndpointWhosePolicyDoesNotExist_SpoilsNothingElse()
    {
        await using var api = await StartWithLegacyAsync("two", map: (host, app) => host.Map(app, "/b/lost").RequireAuthorization("lost"));

        Assert.True(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_JudgedByHandler_IsTrue()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: options => options.EnforcedByHandler("own")),
                builder => builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, OwnHandler>("own", null),
                Both(),
            ],
            Map());

        Assert.True(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_CookiesBesideTokens_IsTrue()
    {
        await using var api = await Api.StartAsync([Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie(), Both()], Map());

        Assert.True(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Flag_OnlyCookies_IsAbsent()
    {
        await using var api = await Api.StartAsync(
            [
                builder => builder.Services.AddAuthentication("Cookies").AddCookie(),
                builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(options => options.Audit = AuditFailureBehavior.Log),
                Both(),
            ],
            Map());

        Assert.False(await api.SaysEnforcedAsync("/a"));
    }

    [Fact]
    public async Task Get_SchemesCannotBeTold_IsADocumentWithoutTheFlag()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddSingleton<IAuthenticationSchemeProvider, BrokenSchemes>(), Both()], Map());
        Assert.True(await api.SaysEnforcedAsync("/a"));

        ((BrokenSchemes)api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>()).IsBroken = true;

        Assert.False(await api.SaysEnforcedAsync("/a"));
        Assert.Contains(api.Logs.Records, record => record.EventId.Id == 220 && record.Message.Contains("it is broken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_LogProviderThrows_IsStillTheDocument()
    {
        var sink = new BrokenSink();
        await using var api = await Api.StartAsync([Api.Guarded(), builder => builder.Logging.AddProvider(sink), Both()], Map());
        sink.IsBroken = true;

        var answer = await api.GetAsync($"{WellKnown}/a", null, null);

        Assert.Equal(200, answer.Status);
        Assert.DoesNotContain("tls_client", answer.Body, StringComparison.Ordinal);
        Assert.True(sink.Threw);
    }

    private static Task<Api> StartWithLegacyAsync(string schemes, Action<WebApplicationBuilder>? configure = null, Action<Api, WebApplication>? map = null) => Api.StartAsync(
        [
            Api.Guarded(enforcement: options => options.ExemptScheme("legacy", reason: "it ends in spring")),
            builder => builder.Services.AddAuthentication("two")
                .AddJwtBearer("two", Api.Issuer.Configure)
                .AddJwtBearer("legacy", Api.Issuer.Configure)
                .AddPolicyScheme("any", null, options => options.ForwardDefaultSelector = _ => "legacy"),
            configure ?? (_ => { }),
            Both(options => Name(options, schemes)),
        ],
        Map(map));

    private static void Name(ProtectedResourceMetadataOptions options, string schemes)
    {
        foreach (var scheme in schemes.Split(','))
        {
            options.Schemes.Add(scheme);
        }
    }

    private sealed class OwnHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }

    private sealed class BrokenSchemes(IOptions<AuthenticationOptions> options) : AuthenticationSchemeProvider(options)
    {
        internal bool IsBroken { get; set; }

        public override Task<IEnumerable<AuthenticationScheme>> GetAllSchemesAsync() =>
            IsBroken ? throw new NotSupportedException("it is broken") : base.GetAllSchemesAsync();
    }

    private sealed class BrokenSink : ILoggerProvider, ILogger
    {
        internal bool IsBroken { get; set; }

        internal bool Threw { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsBroken && eventId.Id == 220)
            {
                Threw = true;
                throw new IOException("The disk is full.");
            }
        }

        public void Dispose()
        {
        }
    }

    private sealed class ChangingEndpoints : EndpointDataSource
    {
        private ConfigurationReloadToken _change = new();
        private Endpoint[] _endpoints = [];

        public override IReadOnlyList<Endpoint> Endpoints => _endpoints;

        public override IChangeToken GetChangeToken() => _change;

        internal void Become(params Endpoint[] endpoints)
        {
            _endpoints = endpoints;
            var before = _change;
            _change = new ConfigurationReloadToken();
            before.OnReload();
        }
    }
}
