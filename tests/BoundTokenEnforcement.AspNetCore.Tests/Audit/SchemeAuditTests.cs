using System.Security.Claims;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

public sealed class SchemeAuditTests
{
    private const string Unnamed =
        "Scheme 'key' may accept access tokens, but their binding is not enforced. In AddBoundTokenEnforcement, call AcceptsNoAccessTokens(\"key\"), EnforcedByHandler(\"key\"), VerifiesBindings(\"key\") or ExemptScheme(\"key\", reason: …), whichever is true. If only the test suite adds it, call services.AddBoundTokenTesting(\"key\") there (package BoundTokenEnforcement.Testing).";

    private const string None =
        "There is no scheme to enforce bindings in. Add a JwtBearer scheme to AddAuthentication(), or name the scheme of a handler of your own in EnforcedByHandler(…).";

    [Fact]
    public async Task Scheme_JwtBearer_IsGuarded()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded()]);

        Assert.Equal([("Bearer", true, "guarded")], report.Schemes.Select(Audited.Values));
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public Task Scheme_OfAnUnknownHandlerUnnamed_IsAFault() => Audited.HasFaultAsync(Unnamed, [Api.Guarded(), KeyHandler.Add("key")]);

    [Fact]
    public Task Scheme_SubclassOfJwtBearerUnnamed_IsAFault() => Audited.HasFaultAsync(
        Unnamed,
        [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddScheme<JwtBearerOptions, OwnJwtBearerHandler>("key", null)]);

    // The host starts, and what would stop it one day is said in the same words.
    [Fact]
    public async Task Scheme_UnnamedInReportOnlyMode_IsAWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.Mode = EnforcementMode.ReportOnly), KeyHandler.Add("key")]);

        Assert.Contains(Unnamed, report.Warnings);
    }

    [Fact]
    public async Task Scheme_LeftUnguarded_IsAWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.ExemptScheme("key", reason: "it ends in spring")), KeyHandler.Add("key")]);

        Assert.Contains(("key", false, "EXEMPT, reason: it ends in spring"), report.Schemes.Select(Audited.Values));
        Assert.Equal(["Scheme 'key' accepts stolen bound tokens, reason: it ends in spring"], report.Warnings);
    }

    [Fact]
    public async Task Scheme_JudgedByItsHandler_IsGuarded()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.EnforcedByHandler("key")), KeyHandler.Add("key")]);

        Assert.Contains(("key", true, "guarded: its handler hands its tokens over"), report.Schemes.Select(Audited.Values));
        Assert.Empty(report.Warnings);
    }

    [Theory]
    [InlineData("key")]
    [InlineData("Bearer")]
    public async Task Scheme_ThatOnlyReports_IsAWarningAndNotEnforced(string scheme)
    {
        var report = await Audited.IsSoundAsync(
            [Api.Guarded(enforcement: options => options.ReportOnly(scheme)), KeyHandler.Add(scheme == "key" ? "key" : "other"), Audited.Enforcement(options =>
            {
                if (scheme != "key")
                {
                    options.EnforcedByHandler("other");
                }
            })]);

        Assert.Contains((scheme, false, "REPORT ONLY: refusals are reported and not carried out"), report.Schemes.Select(Audited.Values));
        Assert.Equal([$"Scheme '{scheme}' accepts stolen bound tokens: it only reports."], report.Warnings);
    }

    [Fact]
    public async Task Mode_ReportOnly_IsALoudWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.Mode = EnforcementMode.ReportOnly)]);

        Assert.Equal(["NOTHING IS ENFORCED: Mode is ReportOnly, and stolen tokens are accepted."], report.Warnings);
        Assert.All(report.Schemes, scheme => Assert.False(scheme.IsEnforced));
    }

    [Fact]
    public async Task Schemes_ThatAcceptNoTokens_NeedNoName()
    {
        var report = await Audited.IsSoundAsync([
            Api.Guarded(),
            builder => builder.Services.AddAuthentication("any")
                .AddPolicyScheme("any", null, options => options.ForwardDefault = "Bearer")
                .AddCookie("Cookies")
                .AddOAuth("elsewhere", options =>
                {
                    options.ClientId = options.ClientSecret = "x";
                    options.AuthorizationEndpoint = options.TokenEndpoint = "https://as.test/";
                    options.CallbackPath = "/back";
                    options.SignInScheme = "Cookies";
                })]);

        Assert.Equal(
            [
                ("Bearer", true, "guarded"),
                ("any", true, "forwards to other schemes"),
                ("Cookies", true, "accepts no access tokens"),
                ("elsewhere", true, "accepts no access tokens"),
            ],
            report.Schemes.Select(Audited.Values));
    }

    [Theory]
    [InlineData("ExemptScheme")]
    [InlineData("EnforcedByHandler")]
    [InlineData("ReportOnly")]
    [InlineData("CertificateAuthenticationScheme")]
    public Task Option_NamesASchemeThatDoesNotExist_IsAFault(string option) => Audited.HasFaultAsync(
        $"{option} names scheme 'KEY', which does not exist.",
        [Api.Guarded(enforcement: options => Name(options, option, "KEY")), KeyHandler.Add("key"), Audited.Enforcement(options => options.EnforcedByHandler("key"))]);

    [Theory]
    [InlineData("ExemptScheme")]
    [InlineData("EnforcedByHandler")]
    [InlineData("ReportOnly")]
    [InlineData("AcceptsNoAccessTokens")]
    [InlineData("VerifiesBindings")]
    public Task Option_NamesASchemeThatExists_IsSound(string option) =>
        Audited.IsSoundAsync([Api.Guarded(enforcement: options => Name(options, option, "key")), KeyHandler.Add("key")]);

    [Theory]
    [InlineData("EnforcedByHandler", "VerifiesBindings")]
    [InlineData("EnforcedByHandler", "AcceptsNoAccessTokens")]
    [InlineData("VerifiesBindings", "AcceptsNoAccessTokens")]
    public Task Option_SaysTwoThingsOfOneHandler_IsAFault(string one, string other) => Audited.HasFaultAsync(
        "Scheme 'key' is named by more than one of EnforcedByHandler, VerifiesBindings and AcceptsNoAccessTokens. Keep one.",
        [
            Api.Guarded(enforcement: options =>
            {
                Name(options, one, "key");
                Name(options, other, "key");
            }),
            KeyHandler.Add("key"),
        ]);

    [Theory]
    [InlineData("AcceptsNoAccessTokens", "Bearer")]
    [InlineData("VerifiesBindings", "Bearer")]
    [InlineData("AcceptsNoAccessTokens", "any")]
    public Task Option_SaysSomethingElseOfAKnownHandler_IsAFault(string option, string scheme) => Audited.HasFaultAsync(
        $"AcceptsNoAccessTokens or VerifiesBindings names scheme '{scheme}', whose handler is known: it is guarded, or forwards to schemes that are. Remove the call.",
        [
            Api.Guarded(enforcement: options => Name(options, option, scheme)),
            builder => builder.Services.AddAuthentication("Bearer").AddPolicyScheme("any", null, options => options.ForwardDefault = "Bearer"),
        ]);

    [Fact]
    public async Task Scheme_WithoutAccessTokens_TakesNoClaimAwayAndIsNoWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.AcceptsNoAccessTokens("key")), KeyHandler.Add("key")]);

        Assert.Contains(("key", true, "accepts no access tokens, says the application"), report.Schemes.Select(Audited.Values));
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public async Task Scheme_ThatVerifiesBindings_TakesNoClaimAwayAndIsNoWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.VerifiesBindings("key")), KeyHandler.Add("key")]);

        Assert.Contains(("key", true, "verifies bindings itself, says the application"), report.Schemes.Select(Audited.Values));
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public Task BearerToken_OfTheFramework_NeedsNoName() => Audited.IsSoundAsync(
        [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddBearerToken("own")]);

    [Fact]
    public Task BearerToken_WithAFormatOfItsOwn_IsAFault() => Audited.HasFaultAsync(
        "Scheme 'own' reads its tickets with a custom data format, which may accept access tokens. Call ExemptScheme(\"own\", reason: …).",
        [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddBearerToken("own", options => options.BearerTokenProtector = new JwtTickets())]);

    [Theory]
    [InlineData("EnforcedByHandler")]
    [InlineData("ReportOnly")]
    [InlineData("AcceptsNoAccessTokens")]
    [InlineData("VerifiesBindings")]
    public Task Option_LeavesUnguardedWhatAnotherJudges_IsAFault(string other) => Audited.HasFaultAsync(
        "ExemptScheme names scheme 'key', and another option does too. Keep one.",
        [
            Api.Guarded(enforcement: options =>
            {
                options.ExemptScheme("key", reason: "it ends in spring");
                Name(options, other, "key");
            }),
            KeyHandler.Add("key"),
        ]);

    [Theory]
    [InlineData("Bearer")]
    [InlineData("key")]
    public Task CertificateAuthenticationScheme_ThatIsJudgedItself_IsAFault(string scheme) => Audited.HasFaultAsync(
        $"CertificateAuthenticationScheme names scheme '{scheme}', which accepts access tokens. Name one that accepts certificates.",
        [
            Api.Guarded(enforcement: options =>
            {
                options.CertificateAuthenticationScheme = scheme;
                options.EnforcedByHandler("key");
            }),
            KeyHandler.Add("key"),
        ]);

    [Fact]
    public async Task CertificateAuthenticationScheme_OfAnotherKind_IsPartOfThePolicy()
    {
        var report = await Audited.IsSoundAsync([
            Api.Guarded(enforcement: options =>
            {
                options.CertificateAuthenticationScheme = "key";
                options.ExemptScheme("key", reason: "it accepts certificates");
            }),
            KeyHandler.Add("key")]);

        Assert.Equal("requirement Required, mode Enforce, certificates from the connection, accepted by scheme 'key'", report.Policy);
    }

    [Fact]
    public Task Schemes_NoneAtAll_IsAFault() =>
        Audited.HasFaultAsync(None, [builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement()]);

    [Fact]
    public Task Schemes_OnlyOneLeftUnguarded_IsAFault() =>
        Audited.HasFaultAsync(None, [Api.Guarded(enforcement: options => options.ExemptScheme("Bearer", reason: "it ends in spring"))]);

    [Fact]
    public Task Schemes_OnlyOneJudgedByItsHandler_IsSound() => Audited.IsSoundAsync([
        builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(options => options.EnforcedByHandler("Bearer")), KeyHandler.Add("Bearer")]);

    [Fact]
    public Task AuthenticationService_ReplacedAfterwards_IsAFault() => Audited.HasFaultAsync(
        "Another IAuthenticationService was registered after AddBoundTokenEnforcement() and stands in its place. Register it before.",
        [Api.Guarded(), builder => builder.Services.Replace(ServiceDescriptor.Scoped<IAuthenticationService, OwnAuthenticationService>())]);

    [Fact]
    public async Task AuthenticationService_OfTheApplicationBefore_IsSoundAndUsed()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddScoped<IAuthenticationService, OwnAuthenticationService>(), Api.Guarded());

        Assert.Empty((await Audited.OfAsync(api.Application.Services)).Faults);
        await api.EnforcesBindingAsync();
    }

    [Fact]
    public async Task Scheme_AddedAtRunTime_IsFoundByTheNextAudit()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        Assert.True((await Audited.OfAsync(api.Application.Services)).IsSound);

        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>().AddScheme(new AuthenticationScheme("key", null, typeof(KeyHandler)));

        Assert.Equal([Unnamed], (await Audited.OfAsync(api.Application.Services)).Faults);
    }

    private const string OwnFormat =
        "Scheme 'Cookies' reads its tickets with a custom data format, which may accept access tokens. Call ExemptScheme(\"Cookies\", reason: …).";

    // A recipe found in many blogs: the cookie holds a JWT.
    [Fact]
    public async Task Cookie_WithATicketFormatOfItsOwn_IsAFault()
    {
        Action<WebApplicationBuilder> cookie = builder => builder.Services.AddAuthentication("Bearer").AddCookie(o =>
        {
            o.TicketDataFormat = new JwtTickets();
            o.Cookie.Name = "jwt";
        });
        await Audited.HasFaultAsync(OwnFormat, [Api.Guarded(), cookie]);
        await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.ExemptScheme("Cookies", reason: "it ends in spring")), cookie]);
        await Audited.IsSoundAsync([Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddCookie()]);

        await using var api = await Api.StartAsync(
            [Api.Guarded(enforcement: options => options.Audit = AuditFailureBehavior.Log), cookie],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes("Cookies").RequireAuthenticatedUser()));
        await api.RefusesAsync("/", TestRequests.WithHeader("Cookie", $"jwt={Api.Issuer.BoundTo(Api.A)}"), BindingFailure.SchemeNotEnforced);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Scheme_ThatOnlyReports_IsNotSaidToBeEnforced(bool wholeMode)
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o =>
        {
            if (wholeMode)
            {
                o.Mode = EnforcementMode.ReportOnly;
            }
            else
            {
                o.ReportOnly("Bearer");
            }
        }));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);

        var report = await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);

        Assert.All(report.Schemes, scheme => Assert.False(scheme.IsEnforced));
    }

    [Fact]
    public async Task Scheme_GuardedForwardsToAnUnguardedOne_IsNotSaidToBeEnforced()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(jwt: o => o.ForwardAuthenticate = "Legacy", enforcement: o => o.ExemptScheme("Legacy", reason: "it ends in spring")),
            builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("Legacy", Api.Issuer.Configure));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);

        var report = await api.Application.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken);

        Assert.False(report.Schemes.Single(scheme => scheme.Name == "Bearer").IsEnforced);
    }

    [Fact]
    public async Task Scheme_GuardedForwardsAndNothingIsLeftUnguarded_IsEnforced()
    {
        var report = await Audited.IsSoundAsync([
            Api.Guarded(jwt: o => o.ForwardDefault = "Other"),
            builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("Other", Api.Issuer.Configure)]);

        Assert.Equal(
            [("Bearer", true, "guarded, and forwards to other schemes"), ("Other", true, "guarded")], report.Schemes.Select(Audited.Values));
    }

    [Fact]
    public Task CertificateAuthenticationScheme_ThatForwards_IsAFault() => Audited.HasFaultAsync(
        "CertificateAuthenticationScheme names scheme 'any', which accepts access tokens. Name one that accepts certificates.",
        [
            Api.Guarded(enforcement: options => options.CertificateAuthenticationScheme = "any"),
            builder => builder.Services.AddAuthentication("Bearer").AddPolicyScheme("any", null, options => options.ForwardDefault = "Bearer"),
        ]);

    private static void Name(BoundTokenEnforcementOptions options, string option, string scheme)
    {
        switch (option)
        {
            case nameof(options.ExemptScheme):
                options.ExemptScheme(scheme, reason: "it ends in spring");
                break;
            case nameof(options.EnforcedByHandler):
                options.EnforcedByHandler(scheme);
                break;
            case nameof(options.ReportOnly):
                options.ReportOnly(scheme);
                break;
            case nameof(options.AcceptsNoAccessTokens):
                options.AcceptsNoAccessTokens(scheme);
                break;
            case nameof(options.VerifiesBindings):
                options.VerifiesBindings(scheme);
                break;
            default:
                options.CertificateAuthenticationScheme = scheme;
                break;
        }
    }

    private sealed class OwnJwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : JwtBearerHandler(options, logger, encoder);

    private sealed class OwnAuthenticationService(IAuthenticationHandlerProvider handlers) : IAuthenticationService
    {
        public async Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme) =>
            await (await HandlerAsync(context, scheme)).AuthenticateAsync();

        public async Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
            await (await HandlerAsync(context, scheme)).ChallengeAsync(properties);

        public async Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) =>
            await (await HandlerAsync(context, scheme)).ForbidAsync(properties);

        public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties) => Task.CompletedTask;

        public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Task.CompletedTask;

        private async Task<IAuthenticationHandler> HandlerAsync(HttpContext context, string? scheme) =>
            (await handlers.GetHandlerAsync(context, scheme ?? "Bearer"))!;
    }

    private sealed class JwtTickets : ISecureDataFormat<AuthenticationTicket>
    {
        public string Protect(AuthenticationTicket data) => throw new NotSupportedException();

        public string Protect(AuthenticationTicket data, string? purpose) => throw new NotSupportedException();

        public AuthenticationTicket? Unprotect(string? protectedText) => Unprotect(protectedText, null);

        public AuthenticationTicket? Unprotect(string? protectedText, string? purpose)
        {
            var options = new JwtBearerOptions();
            Api.Issuer.Configure(options);
            var parameters = options.TokenValidationParameters.Clone();
            parameters.IssuerSigningKeys = options.Configuration!.SigningKeys;
            var result = new JsonWebTokenHandler().ValidateTokenAsync(protectedText, parameters).GetAwaiter().GetResult();
            return result.IsValid
                ? new AuthenticationTicket(new ClaimsPrincipal(result.ClaimsIdentity), CookieAuthenticationDefaults.AuthenticationScheme)
                : null;
        }
    }
}
