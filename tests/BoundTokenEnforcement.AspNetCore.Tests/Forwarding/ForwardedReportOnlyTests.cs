using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>Where refusals are only told, requests go on; what was forwarded wrongly is not believed all the same.</summary>
public sealed class ForwardedReportOnlyTests
{
    [Fact]
    public async Task Field_ThatIsNotBelieved_IsToldAndIsNoCertificate()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From() + (options => options.Mode = EnforcementMode.ReportOnly));
        var a = Api.A.Base64();

        await GoesOnAsync(api, Forwarded.Token(Forwarded.Stranger, a), BindingFailure.ForwarderUntrusted);
        await GoesOnAsync(api, Forwarded.Token(Forwarded.Proxy, new[] { a, a }), BindingFailure.ForwardedCertificateMalformed);
        await GoesOnAsync(api, Forwarded.Token(Forwarded.Proxy, a + a), BindingFailure.ForwardedCertificateMalformed);
        // Not even where the connection shows the right one: it is the proxy's.
        await GoesOnAsync(api, Forwarded.Token(Forwarded.Stranger, a) + (context => context.Connection.ClientCertificate = Api.A), BindingFailure.ForwarderUntrusted);

        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, a));
    }

    // One scheme that only reports does not let a forged field through to the others.
    [Fact]
    public async Task ReportOnlyOfAScheme_Field_IsTurnedAway()
    {
        await using var api = await Forwarded.StartAsync(Forwarded.From() + (options => options.ReportOnly("Bearer")));

        await api.TurnsAwayAsync(Forwarded.Token(Forwarded.Stranger, Api.A.Base64()), BindingFailure.ForwarderUntrusted);
        await api.AdmitsAsync(Forwarded.Token(Forwarded.Proxy, Api.A.Base64()));
    }

    private static async Task GoesOnAsync(Api api, Action<HttpContext> request, BindingFailure told)
    {
        var before = api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName).Count;

        var visit = await api.AdmitsAsync("/", request, "alice");

        Assert.Equal((BindingOutcome.Refused, BindingFailure.CertificateMissing), (visit.Feature!.Outcome, visit.Feature.Failure));
        Assert.Equal(
            [(told.ToString(), "ReportOnly"), (nameof(BindingFailure.CertificateMissing), "ReportOnly")],
            api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName).Skip(before)
                .Select(measured => (measured.Tags[BoundTokenTelemetry.FailureTag], measured.Tags[BoundTokenTelemetry.ModeTag])));
    }
}
