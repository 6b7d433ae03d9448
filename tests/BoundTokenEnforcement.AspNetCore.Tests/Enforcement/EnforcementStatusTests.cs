using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Enforcement;

// AC-085: what is published never says more than what is done.
[Requirement("AC-085")]
public sealed class EnforcementStatusTests
{
    [Fact]
    public async Task Flag_RequiredEverywhereAndCertificatesArrive_IsTrue()
    {
        await using var api = await StartAsync(Api.Guarded());

        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));
    }

    [Fact]
    public async Task Flag_SeveralGuardedSchemesBehindAPolicyScheme_IsTrue()
    {
        await using var api = await StartAsync(Api.Guarded(), builder => builder.Services.AddAuthentication("any")
            .AddPolicyScheme("any", null, options => options.ForwardDefaultSelector = _ => "Bearer")
            .AddJwtBearer("two", Api.Issuer.Configure));

        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));
    }

    [Fact]
    public async Task Flag_NoCertificateSeenYet_IsAbsentUntilOneArrives()
    {
        await using var api = await StartAsync(Api.Guarded());

        Assert.Equal(MetadataSettings.Document, await DocumentAsync(api, null));
        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));
        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, null));
    }

    [Fact]
    public async Task Flag_HandshakeAskedForACertificate_IsTrue()
    {
        await using var api = await StartAsync(Api.Guarded());

        var answer = await api.SendAsync(MetadataSettings.Target, context => context.Features.Set(ClientCertificateRequest.ByApplication));

        Assert.Equal(MetadataSettings.EnforcedDocument, answer.Body);
    }

    [Fact]
    public Task Flag_WhenBound_IsAbsent() =>
        IsAbsentAsync("Requirement", Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.WhenBound));

    [Fact]
    public Task Flag_OneSchemeLeftUnguarded_IsAbsent() => IsAbsentAsync(
        "'legacy'",
        Api.Guarded(enforcement: options => options.ExemptScheme("legacy", reason: "it ends in spring")),
        builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("legacy", Api.Issuer.Configure));

    [Fact]
    public Task Flag_TheOnlySchemeLeftUnguarded_IsAbsent() =>
        IsAbsentAsync("'Bearer'", Api.Guarded(enforcement: options => options.ExemptScheme("Bearer", reason: "it ends in spring")));

    [Fact]
    public Task Flag_SchemeOfAnotherHandler_IsAbsent() => IsAbsentAsync(
        "'key'", Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, KeyHandler>("key", null));

    [Fact]
    public Task Flag_SubclassOfJwtBearer_IsAbsent() => IsAbsentAsync(
        "'own'", Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddScheme<JwtBearerOptions, OwnJwtBearerHandler>("own", null));

    [Fact]
    public Task Flag_SubclassOfThePolicyScheme_IsAbsent() => IsAbsentAsync(
        "'own'", Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddScheme<PolicySchemeOptions, OwnPolicyHandler>("own", null));

    [Fact]
    public Task Flag_NoScheme_IsAbsent() => IsAbsentAsync("no authentication scheme", builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement());

    [Fact]
    public Task Flag_OnlyPolicySchemes_IsAbsent() => IsAbsentAsync("no authentication scheme", builder =>
    {
        builder.Services.AddAuthentication().AddPolicyScheme("any", null, _ => { }).AddPolicyScheme("other", null, _ => { });
        builder.Services.AddAuthorization().AddBoundTokenEnforcement();
    });

    [Fact]
    public async Task Flag_EnforcementNotAdded_IsAbsent()
    {
        await using var api = await StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(Api.Issuer.Configure);
            builder.Services.AddAuthorization();
        });

        Assert.Equal(MetadataSettings.Document, await DocumentAsync(api, Api.A));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).Status);
    }

    [Fact]
    public async Task Flag_SchemeAddedAtRunTime_IsGoneAtOnce()
    {
        await using var api = await StartAsync(Api.Guarded());
        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));

        api.Application.Services.GetRequiredService<IAuthenticationSchemeProvider>()
            .AddScheme(new AuthenticationScheme("late", null, typeof(JwtBearerHandler)));

        Assert.Equal(MetadataSettings.Document, await DocumentAsync(api, Api.A));
    }

    [Fact]
    public async Task Flag_RequirementLoweredByReload_IsGoneAtOnceAndComesBack()
    {
        await using var api = await StartAsync(Api.Settings(("BoundTokens:Requirement", "Required")), Api.Guarded());
        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));

        Reload("WhenBound");
        Assert.Equal(MetadataSettings.Document, await DocumentAsync(api, Api.A));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);

        Reload("Required");
        Assert.Equal(MetadataSettings.EnforcedDocument, await DocumentAsync(api, Api.A));
        (await api.GetAsync(Api.Issuer.Issue(), null)).IsRefusal(401, $"{Answer.InvalidToken}, resource_metadata=\"{MetadataSettings.Url}\"");

        void Reload(string requirement)
        {
            api.Application.Configuration["BoundTokens:Requirement"] = requirement;
            ((IConfigurationRoot)api.Application.Configuration).Reload();
        }
    }

    private static async Task IsAbsentAsync(string reason, params Action<WebApplicationBuilder>[] configure)
    {
        // Some of these would not start otherwise. Here they do, and still claim nothing.
        await using var api = await StartAsync([.. configure, builder => builder.Services.AddBoundTokenEnforcement(options => options.Audit = AuditFailureBehavior.Log)]);

        Assert.Equal(MetadataSettings.Document, await DocumentAsync(api, Api.A));
        Assert.Contains(reason, await api.Application.Services.GetRequiredService<EnforcementStatus>().FindGapAsync(), StringComparison.Ordinal);
    }

    private static async Task<string> DocumentAsync(Api api, X509Certificate2? certificate)
    {
        var answer = await api.GetAsync(MetadataSettings.Target, null, certificate);
        Assert.Equal(200, answer.Status);
        return answer.Body;
    }

    private static Task<Api> StartAsync(params Action<WebApplicationBuilder>[] configure) => PublishingApi.StartAsync(configure);

    private sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }

    private sealed class OwnJwtBearerHandler(IOptionsMonitor<JwtBearerOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : JwtBearerHandler(options, logger, encoder);

    private sealed class OwnPolicyHandler(IOptionsMonitor<PolicySchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : PolicySchemeHandler(options, logger, encoder);
}
