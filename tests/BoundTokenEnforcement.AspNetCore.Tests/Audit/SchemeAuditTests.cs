using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Audit;

public sealed class SchemeAuditTests
{
    private const string Unnamed =
        "Scheme 'key' may accept access tokens, and nobody judges them. Call LeaveUnguarded(\"key\", because: …) or JudgedByHandler(\"key\") in AddBoundTokenEnforcement.";

    private const string None =
        "There is no scheme to enforce bindings in. Add a JwtBearer scheme to AddAuthentication(), or name the scheme of a handler of your own in JudgedByHandler(…).";

    [Fact]
    public async Task Scheme_JwtBearer_IsGuarded()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded()]);

        Assert.Equal([new AuditedScheme("Bearer", IsEnforced: true, "guarded")], report.Schemes);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public Task Scheme_OfAnUnknownHandlerUnnamed_IsAFault() => Audited.HasFaultAsync(Unnamed, [Api.Guarded(), KeyHandler.Add("key")]);

    [Fact]
    public Task Scheme_SubclassOfJwtBearerUnnamed_IsAFault() => Audited.HasFaultAsync(
        Unnamed,
        [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddScheme<JwtBearerOptions, OwnJwtBearerHandler>("key", null)]);

    // Whoever enforces one day must not learn only then that the host does not start.
    [Fact]
    public Task Scheme_UnnamedInReportOnlyMode_IsAFault() => Audited.HasFaultAsync(
        Unnamed, [Api.Guarded(enforcement: options => options.Mode = EnforcementMode.ReportOnly), KeyHandler.Add("key")]);

    [Fact]
    public async Task Scheme_LeftUnguarded_IsAWarning()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.LeaveUnguarded("key", because: "it ends in spring")), KeyHandler.Add("key")]);

        Assert.Contains(new AuditedScheme("key", IsEnforced: false, "UNGUARDED, because: it ends in spring"), report.Schemes);
        Assert.Equal(["Scheme 'key' accepts stolen bound tokens, because: it ends in spring"], report.Warnings);
    }

    [Fact]
    public async Task Scheme_JudgedByItsHandler_IsGuarded()
    {
        var report = await Audited.IsSoundAsync([Api.Guarded(enforcement: options => options.JudgedByHandler("key")), KeyHandler.Add("key")]);

        Assert.Contains(new AuditedScheme("key", IsEnforced: true, "guarded: its handler hands its tokens over"), report.Schemes);
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
                    options.JudgedByHandler("other");
                }
            })]);

        Assert.Contains(new AuditedScheme(scheme, IsEnforced: false, "REPORT ONLY: refusals are told and not carried out"), report.Schemes);
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
                new AuditedScheme("Bearer", true, "guarded"),
                new AuditedScheme("any", true, "forwards to other schemes"),
                new AuditedScheme("Cookies", true, "accepts no access tokens"),
                new AuditedScheme("elsewhere", true, "accepts no access tokens"),
            ],
            report.Schemes);
    }

    [Theory]
    [InlineData("LeaveUnguarded")]
    [InlineData("JudgedByHandler")]
    [InlineData("ReportOnly")]
    [InlineData("CertificateAuthenticationScheme")]
    public Task Option_NamesASchemeThatDoesNotExist_IsAFault(string option) => Audited.HasFaultAsync(
        $"{option} names scheme 'KEY', which does not exist.",
        [Api.Guarded(enforcement: options => Name(options, option, "KEY")), KeyHandler.Add("key"), Audited.Enforcement(options => options.JudgedByHandler("key"))]);

    [Theory]
    [InlineData("LeaveUnguarded")]
    [InlineData("JudgedByHandler")]
    [InlineData("ReportOnly")]
    public Task Option_NamesASchemeThatExists_IsSound(string option) =>
        Audited.IsSoundAsync([Api.Guarded(enforcement: options => Name(options, option, "key")), KeyHandler.Add("key")]);

    [Theory]
    [InlineData("JudgedByHandler")]
    [InlineData("ReportOnly")]
    public Task Option_LeavesUnguardedWhatAnotherJudges_IsAFault(string other) => Audited.HasFaultAsync(
        "LeaveUnguarded names scheme 'key', and JudgedByHandler or ReportOnly does too. Keep one.",
        [
            Api.Guarded(enforcement: options =>
            {
                options.LeaveUnguarded("key", because: "it ends in spring");
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
                options.JudgedByHandler("key");
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
                options.LeaveUnguarded("key", because: "it accepts certificates");
            }),
            KeyHandler.Add("key")]);

        Assert.Equal("requirement Required, mode Enforce, certificates from the connection, accepted by scheme 'key'", report.Policy);
    }

    [Fact]
    public Task Schemes_NoneAtAll_IsAFault() =>
        Audited.HasFaultAsync(None, [builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement()]);

    [Fact]
    public Task Schemes_OnlyOneLeftUnguarded_IsAFault() =>
        Audited.HasFaultAsync(None, [Api.Guarded(enforcement: options => options.LeaveUnguarded("Bearer", because: "it ends in spring"))]);

    [Fact]
    public Task Schemes_OnlyOneJudgedByItsHandler_IsSound() => Audited.IsSoundAsync([
        builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement(options => options.JudgedByHandler("Bearer")), KeyHandler.Add("Bearer")]);

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

    private static void Name(BoundTokenEnforcementOptions options, string option, string scheme)
    {
        switch (option)
        {
            case nameof(options.LeaveUnguarded):
                options.LeaveUnguarded(scheme, because: "it ends in spring");
                break;
            case nameof(options.JudgedByHandler):
                options.JudgedByHandler(scheme);
                break;
            case nameof(options.ReportOnly):
                options.ReportOnly(scheme);
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
}
