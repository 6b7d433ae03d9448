using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

/// <summary>The same decisions and the same reports; only the answer differs.</summary>
public sealed class ReportOnlyTests
{
    private static readonly Dictionary<string, (Action<HttpContext> Request, BindingFailure Failure)> Refusals = new(StringComparer.Ordinal)
    {
        ["missing"] = (TestRequests.Stolen, BindingFailure.CertificateMissing),
        ["mismatch"] = (TestRequests.Stolen + (context => context.Connection.ClientCertificate = Api.B), BindingFailure.CertificateMismatch),
        ["unbound"] = (EndpointSetup.Unbound, BindingFailure.TokenUnbound),
        ["malformed"] = (TestRequests.With($"Bearer {Api.Issuer.WithConfirmation("{}")}"), BindingFailure.ConfirmationMalformed),
        ["method"] = (TestRequests.With($"Bearer {Api.Issuer.WithConfirmation("""{"jkt":"x"}""")}"), BindingFailure.MethodUnsupported),
    };

    public static TheoryData<string> Cases => [.. Refusals.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Refusal_OnlyReported_IsToldAlikeAndLetThrough(string key)
    {
        var (request, failure) = Refusals[key];
        await using var enforcing = await StartAsync(_ => { });
        await using var everywhere = await StartAsync(options => options.Mode = EnforcementMode.ReportOnly);
        await using var oneScheme = await StartAsync(options => options.ReportOnly(Setup.Bearer));
        await using var otherScheme = await StartAsync(options => options.ReportOnly("other"));

        await enforcing.RefusesAsync("/", request, failure);
        await otherScheme.RefusesAsync("/", request, failure);
        foreach (var api in new[] { everywhere, oneScheme })
        {
            var visit = await api.AdmitsAsync("/", request, "alice");
            Assert.Equal((BindingOutcome.Refused, failure, EnforcementMode.ReportOnly), (visit.Feature?.Outcome, visit.Feature?.Failure, visit.Feature?.Mode));
            Assert.Null(visit.Feature?.Binding);
            AssertToldAlike(enforcing, api);
        }
    }

    [Fact]
    public async Task Success_WhereRefusalsAreOnlyReported_IsTheSame()
    {
        await using var api = await StartAsync(options => options.Mode = EnforcementMode.ReportOnly);

        Assert.Equal(BindingOutcome.Verified, (await api.AdmitsAsync("/", TestRequests.Proven, "alice")).Feature?.Outcome);
    }

    [Fact]
    public async Task InvalidToken_WhereRefusalsAreOnlyReported_IsStillRefused()
    {
        await using var api = await StartAsync(options => options.Mode = EnforcementMode.ReportOnly);

        (await api.GetAsync(JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), Api.A)).IsUnauthorized();
        (await api.GetAsync(JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), null)).IsUnauthorized();
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task AmbiguousRequest_OnlyReported_IsToldAndLetThrough()
    {
        await using var enforcing = await StartAsync(_ => { });
        await using var reporting = await StartAsync(options => options.Mode = EnforcementMode.ReportOnly);
        var target = "/?access_token=second";

        (await enforcing.SendAsync(target, TestRequests.Proven)).IsBadRequest();
        await reporting.AdmitsAsync(target, TestRequests.Proven, "alice");

        // What became of the token itself is told after it.
        Assert.Equal([112], LogsOf(enforcing).Select(log => log.EventId.Id));
        Assert.Equal([112, 200], LogsOf(reporting).Select(log => log.EventId.Id));
        Assert.Equal([.. TagsOf(enforcing).Select(AsReported), TagsOf(reporting).Last()], TagsOf(reporting));
    }

    [Fact]
    public async Task UnjudgedSuccess_OnlyReported_IsToldAndLetThrough()
    {
        Task<Api> StartAnyAsync(Action<BoundTokenEnforcementOptions> configure) => Setup.StartAsync(Setup.Any, schemes => schemes.AddAny(), Setup.Behind(), configure);
        await using var enforcing = await StartAnyAsync(_ => { });
        await using var everywhere = await StartAnyAsync(options => options.Mode = EnforcementMode.ReportOnly);
        await using var oneScheme = await StartAnyAsync(options => options.ReportOnly(Setup.Any));

        await enforcing.RefusesAsync("/", TestRequests.Stolen, BindingFailure.SchemeNotEnforced);
        await everywhere.AdmitsAsync("/", TestRequests.Stolen, "whoever");
        await oneScheme.AdmitsAsync("/", TestRequests.Stolen, "whoever");

        AssertToldAlike(enforcing, everywhere);
        AssertToldAlike(enforcing, oneScheme);
    }

    [Fact]
    public async Task DemandingEndpoint_OnlyReported_IsEnteredByWhatWouldBeRefused()
    {
        await using var api = await Setup.StartAsync(
            Setup.Bearer,
            schemes => schemes.AddGuarded(),
            (api, app) => api.Map(app, "/demands").RequireBoundToken(),
            options =>
            {
                options.Requirement = BindingRequirement.WhenBound;
                options.Mode = EnforcementMode.ReportOnly;
            });

        await api.AdmitsAsync("/demands", TestRequests.Stolen, "alice");
        Assert.Equal(BindingFailure.TokenUnbound, (await api.AdmitsAsync("/demands", EndpointSetup.Unbound, "alice")).Feature?.Failure);
        await api.TurnsAwayAsync("/demands", _ => { });
    }

    [Fact]
    public async Task OneSchemeReports_TheOtherStillEnforces()
    {
        using var second = new TestTokenIssuer { Issuer = "https://second.test" };
        await using var api = await Setup.StartAsync(
            null,
            schemes => schemes.AddGuarded().AddJwtBearer("second", second.Configure),
            Setup.Behind(Setup.Bearer, "second"),
            options => options.ReportOnly("second"));

        await api.RefusesAsync("/", TestRequests.Stolen);
        await api.AdmitsAsync("/", TestRequests.With($"Bearer {second.BoundTo(Api.A)}") + (context => context.Connection.ClientCertificate = Api.A), "alice");
    }

    [Fact]
    public async Task OneSchemeReports_AnotherSchemeBesideItIsNotRefusedWithIt()
    {
        // The token travels where only the guarded scheme finds it.
        await using var api = await Setup.StartAsync(
            null,
            schemes => schemes.AddGuarded(Setup.ReadToken).AddCookie(),
            Setup.Behind(Setup.Bearer, Setup.Cookies),
            options => options.ReportOnly(Setup.Bearer));

        var visit = await api.AdmitsAsync(
            "/", api.Session() + TestRequests.WithHeader(Setup.TokenHeader, Api.Issuer.BoundTo(Api.A)), "carol");

        Assert.Equal(2, visit.User.Identities.Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DPoPSchemeOfTheApplication_OnlyReported_GoesOnAsBefore(bool enforced)
    {
        await using var api = await Api.StartAsync(builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(o =>
            {
                Api.Issuer.Configure(o);
                o.Events = new JwtBearerEvents
                {
                    OnMessageReceived = context =>
                    {
                        context.Token = context.Request.Headers.Authorization.ToString()["DPoP ".Length..];
                        return Task.CompletedTask;
                    },
                };
            });
            builder.Services.AddAuthorization();
            if (enforced)
            {
                builder.Services.AddBoundTokenEnforcement(o => o.Mode = EnforcementMode.ReportOnly);
            }
        });

        Assert.Equal(200, (await api.SendAsync("/", context => context.Request.Headers.Authorization = $"DPoP {Api.Issuer.WithConfirmation("""{"jkt":"x"}""")}")).Status);
    }

    private static Task<Api> StartAsync(Action<BoundTokenEnforcementOptions> configure) =>
        Setup.StartAsync(Setup.Bearer, schemes => schemes.AddGuarded(), Setup.Behind(), configure);

    private static void AssertToldAlike(Api enforcing, Api reporting)
    {
        Assert.Equal(
            LogsOf(enforcing).Select(log => (log.EventId, log.Level, AsValidated(log.Message.Replace("(Enforce): refused", "(ReportOnly): would have refused", StringComparison.Ordinal)))),
            LogsOf(reporting).Select(log => (log.EventId, log.Level, log.Message)));
        Assert.Equal(
            TagsOf(enforcing).Select(AsReported).Select(AsValidated),
            TagsOf(reporting));
        Assert.NotEmpty(TagsOf(reporting));
    }

    private static string AsReported(string tags) => tags.Replace("mode=Enforce", "mode=ReportOnly", StringComparison.Ordinal);

    // Who refuses need not validate before; who only tells has validated the token.
    private static string AsValidated(string told) => told
        .Replace("refused an unverified token", "refused a valid token", StringComparison.Ordinal)
        .Replace("token_validated=False", "token_validated=True", StringComparison.Ordinal);

    private static IEnumerable<CapturedLog> LogsOf(Api api) => api.Logs.From(typeof(DecisionTelemetry).FullName!);

    private static IEnumerable<string> TagsOf(Api api) => api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName)
        .Select(measured => string.Join(' ', measured.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}")));
}
