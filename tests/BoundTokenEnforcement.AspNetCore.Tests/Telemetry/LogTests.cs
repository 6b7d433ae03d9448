using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests.Telemetry;

public sealed class LogTests
{
    public static TheoryData<BindingFailure> Failures => [.. Enum.GetValues<BindingFailure>()];

    [Theory]
    [MemberData(nameof(Failures))]
    public void Decided_EachFailure_HasItsOwnEvent(BindingFailure failure)
    {
        var log = Decided(BindingResult.Refused(failure));

        Assert.Equal(100 + (int)failure, log.EventId.Id);
        Assert.Equal(failure.ToString(), log.EventId.Name);
        Assert.True(log.Level >= LogLevel.Warning);
    }

    [Fact]
    public void Decided_NumberWithoutAName_IsUnexpected() => Assert.Equal(100, Decided(BindingResult.Refused((BindingFailure)999)).EventId.Id);

    [Fact]
    public void Decided_Admitted_IsOnlyForDebugging()
    {
        var verified = Decided(CertificateBinding.Verify(
            Confirmation.Read(System.Text.Encoding.UTF8.GetBytes($$"""{"cnf":{{TestTokenIssuer.ConfirmationOf(Api.A).ToJsonString()}}}""")),
            new PresentedCertificate(Api.A, CertificateSource.Connection),
            BindingRequirement.Required));
        var unbound = Decided(CertificateBinding.Verify(Confirmation.Read("{}"u8), null, BindingRequirement.WhenBound));

        Assert.Equal((200, "BindingVerified", LogLevel.Debug), (verified.EventId.Id, verified.EventId.Name, verified.Level));
        Assert.Equal((201, "TokenAcceptedUnbound", LogLevel.Debug), (unbound.EventId.Id, unbound.EventId.Name, unbound.Level));
    }

    [Fact]
    public async Task Decided_InThePipeline_NamesSchemeAndThumbprints()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);

        var logs = api.Logs.From(typeof(DecisionTelemetry).FullName!);
        Assert.Equal([103, 102, 200], logs.Select(log => log.EventId.Id));
        var (a, b) = (TestCertificates.Thumbprint(Api.A), TestCertificates.Thumbprint(Api.B));
        Assert.Equal($"Bearer (Enforce): refused an unverified token bound to {a}, because {b} was presented.", logs[0].Message);
        Assert.Equal($"Bearer (Enforce): refused an unverified token bound to {a}, because no certificate was presented.", logs[1].Message);
        Assert.Equal($"Bearer: token bound to {a}, which was presented.", logs[2].Message);
    }

    private static CapturedLog Decided(BindingResult result)
    {
        using var capture = new LogCapture();
        var logger = capture.CreateLogger("test");
        if (result.Failure is { } failure)
        {
            logger.Refused(failure, "Bearer", EnforcementMode.Enforce, isTokenValidated: true, default, default);
        }
        else
        {
            logger.Accepted("Bearer", result, default);
        }

        return Assert.Single(capture.Records);
    }
}
