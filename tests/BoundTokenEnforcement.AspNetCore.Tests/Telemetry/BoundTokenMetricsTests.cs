using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Telemetry;

public sealed class BoundTokenMetricsTests
{
    [Fact]
    public async Task Decisions_EachRequest_CountsOnceWithSchemeOutcomeAndFailure()
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.WhenBound));

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);
        await api.GetAsync(Api.Issuer.Issue(), Api.A);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B);
        await api.GetAsync(Api.Issuer.WithConfirmation("{}"), Api.A);

        Assert.Equal(
            [
                "bound_token.mode=Enforce bound_token.outcome=Verified bound_token.scheme=Bearer",
                "bound_token.mode=Enforce bound_token.outcome=Unbound bound_token.scheme=Bearer",
                "bound_token.failure=CertificateMismatch bound_token.mode=Enforce bound_token.outcome=Refused bound_token.scheme=Bearer",
                "bound_token.failure=ConfirmationMalformed bound_token.mode=Enforce bound_token.outcome=Refused bound_token.scheme=Bearer",
            ],
            api.Metrics.Of("bound_token.decisions").Select(measured => string.Join(' ', measured.Tags.OrderBy(tag => tag.Key).Select(tag => $"{tag.Key}={tag.Value}"))));
        Assert.All(api.Metrics.Measurements, measured => Assert.Equal(1, measured.Value));
    }

    [Fact]
    public async Task Decisions_NoValidToken_AreNotCounted()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await api.GetAsync(null, Api.A);
        await api.GetAsync("garbage", Api.A);
        await api.GetAsync(JwtTamper.FlipSignatureBit(Api.Issuer.BoundTo(Api.A), 1, 1), Api.A);

        Assert.Empty(api.Metrics.Measurements);
    }

    // One scheme's refusal must not hide behind another's success.
    [Fact]
    public async Task Decisions_TwoSchemes_AreCountedApart()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddAuthentication("Bearer").AddJwtBearer("two", Api.Issuer.Configure)],
            (api, app) => api.Map(app, "/").RequireAuthorization(policy => policy.AddAuthenticationSchemes("two").RequireAuthenticatedUser()));

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);

        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.SchemeTag, "Bearer"));
        Assert.Equal(1, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.SchemeTag, "two"));
    }
}
