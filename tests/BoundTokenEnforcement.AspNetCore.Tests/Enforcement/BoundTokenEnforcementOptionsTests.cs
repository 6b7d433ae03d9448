using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests.Enforcement;

public sealed class BoundTokenEnforcementOptionsTests
{
    private const string Requirement = "BoundTokens:Requirement";

    [Fact]
    public void Defaults_AreTheStrictOnes()
    {
        var options = new BoundTokenEnforcementOptions();

        Assert.Equal(BindingRequirement.Required, options.Requirement);
        Assert.Equal(EnforcementMode.Enforce, options.Mode);
        Assert.Equal(AuditFailureBehavior.StopHost, options.Audit);
        Assert.True(options.RequestClientCertificates);
        Assert.False(options.NegotiateDelayedCertificates);
        Assert.Empty(options.ExemptSchemes);
    }

    // AC-016
    [Fact]
    [Requirement("AC-016")]
    public async Task Requirement_NotSet_UnboundTokenIsRefused()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await RefusesUnboundAsync(api);
    }

    [Theory]
    [InlineData("Required")]
    [InlineData("required")]
    public async Task Requirement_RequiredBySetting_UnboundTokenIsRefused(string setting)
    {
        await using var api = await Api.StartAsync(Api.Settings((Requirement, setting)), Api.Guarded());

        await RefusesUnboundAsync(api);
    }

    [Fact]
    public async Task Requirement_WhenBoundByCode_UnboundTokenIsAdmittedAsUnbound()
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.WhenBound));

        await AdmitsUnboundAsync(api);
    }

    [Fact]
    public async Task Requirement_WhenBoundBySetting_UnboundTokenIsAdmittedAsUnbound()
    {
        await using var api = await Api.StartAsync(Api.Settings((Requirement, "WhenBound")), Api.Guarded());

        await AdmitsUnboundAsync(api);
    }

    [Fact]
    public async Task Requirement_BySettingAndByCode_CodeWins()
    {
        await using var api = await Api.StartAsync(
            Api.Settings((Requirement, "WhenBound")), Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.Required));

        await RefusesUnboundAsync(api);
    }

    // Whoever calls it again, in a library for example, must not bring the setting back.
    [Fact]
    public async Task Requirement_ByCodeAndThenAddedAgain_CodeStillWins()
    {
        await using var api = await Api.StartAsync(
            Api.Settings((Requirement, "WhenBound")),
            Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.Required),
            builder => builder.Services.AddBoundTokenEnforcement());

        await RefusesUnboundAsync(api);
    }

    [Fact]
    public async Task Requirement_ByCodeTwice_TheLastWins()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(), builder => builder.Services.AddBoundTokenEnforcement(options => options.Requirement = BindingRequirement.WhenBound));

        await AdmitsUnboundAsync(api);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"x5t":"AAAA"}""")]
    [InlineData("""{"x5t#S256":""}""")]
    [InlineData("""{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}""")]
    public async Task Requirement_WhenBound_ConfirmationThatCannotBeVerifiedIsRefused(string confirmation)
    {
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: options => options.Requirement = BindingRequirement.WhenBound));

        (await api.GetAsync(Api.Issuer.WithConfirmation(confirmation), Api.A)).IsUnauthorized();

        Assert.Empty(api.Visits);
    }

    [Theory]
    [InlineData("Sometimes")]
    [InlineData("7")]
    [InlineData("-1")]
    public async Task Requirement_UnknownSetting_DoesNotStartAndNamesTheOption(string setting)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Api.StartAsync(Api.Settings((Requirement, setting)), Api.Guarded()));

        Assert.Contains(Requirement, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requirement_UnknownValueByCode_DoesNotStartAndNamesTheOption()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(
            () => Api.StartAsync(Api.Guarded(enforcement: options => options.Requirement = (BindingRequirement)7)));

        Assert.Contains(Requirement, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requirement_UnknownValueWithoutAnyScheme_DoesNotStart()
    {
        await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(
            Api.Settings((Requirement, "7")), builder => builder.Services.AddAuthorization().AddBoundTokenEnforcement()));
    }

    [Fact]
    public async Task RequestClientCertificates_UnreadableSetting_DoesNotStartAndNamesTheOption()
    {
        const string Key = "BoundTokens:RequestClientCertificates";

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Api.StartAsync(Api.Settings((Key, "maybe")), Api.Guarded()));

        Assert.Contains(Key, failure.ToString(), StringComparison.Ordinal);
    }

    // AC-125
    [Fact]
    [Requirement("AC-125")]
    public async Task Requirement_ReloadedWithAnUnknownValue_TheLastGoodOneStaysUntilItIsPutRight()
    {
        await using var api = await Api.StartAsync(Api.Settings((Requirement, "WhenBound")), Api.Guarded());
        await AdmitsUnboundAsync(api);
        var entered = api.Visits.Count;

        Reload("Sometimes");
        var told = Assert.Single(api.Logs.From(typeof(EnforcementPolicy).FullName!));
        Assert.Equal((211, "ReloadRefused", LogLevel.Error), (told.EventId.Id, told.EventId.Name, told.Level));
        Assert.Contains(Requirement, told.Message, StringComparison.Ordinal);
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);
        Assert.Equal(entered + 1, api.Visits.Count);
        await api.EnforcesBindingAsync();

        Reload("Required");
        (await api.GetAsync(Api.Issuer.Issue(), Api.A)).IsUnauthorized();
        await api.EnforcesBindingAsync();

        void Reload(string setting)
        {
            api.Application.Configuration[Requirement] = setting;
            try
            {
                ((IConfigurationRoot)api.Application.Configuration).Reload();
            }
            catch (Exception e) when (e is InvalidOperationException or OptionsValidationException or AggregateException)
            {
                // Whoever reloads is told; what counts is what requests are told.
            }
        }
    }

    // A mode without a name would neither enforce as a whole nor only report; an audit without one would warn where it should throw.
    [Theory]
    [InlineData("Mode", "7")]
    [InlineData("Mode", "Sometimes")]
    [InlineData("Audit", "7")]
    [InlineData("Audit", "-1")]
    public async Task ModeAndAudit_UnknownSetting_DoesNotStartAndNamesTheOption(string option, string setting)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Api.StartAsync(Api.Settings(($"BoundTokens:{option}", setting)), Api.Guarded()));

        Assert.Contains($"BoundTokens:{option}", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SeveralOptions_UnknownValues_AreAllNamedAtOnce()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => Api.StartAsync(Api.Guarded(enforcement: options =>
        {
            options.Requirement = (BindingRequirement)7;
            options.Mode = (EnforcementMode)7;
            options.Audit = (AuditFailureBehavior)7;
        })));

        Assert.Equal(
            [
                "BoundTokens:Requirement is '7'; use Required or WhenBound.",
                "BoundTokens:Mode is '7'; use Enforce or ReportOnly.",
                "BoundTokens:Audit is '7'; use StopHost or Log.",
            ],
            failure.Failures);
    }

    [Theory]
    [InlineData("", "why")]
    [InlineData(" ", "why")]
    [InlineData("Bearer", "")]
    [InlineData("Bearer", " ")]
    public void LeaveUnguarded_WithoutNameOrReason_Throws(string scheme, string because)
    {
        var options = new BoundTokenEnforcementOptions();

        Assert.Throws<ArgumentException>(() => options.ExemptScheme(scheme, because));

        Assert.Empty(options.ExemptSchemes);
    }

    [Fact]
    public void AddBoundTokenEnforcement_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddBoundTokenEnforcement(null!));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddBoundTokenEnforcement());
    }

    [Theory]
    [InlineData("BoundTokens:Mode", "7")]
    [InlineData("BoundTokens:Audit", "7")]
    public async Task Start_ValueThatMakesNoSense_Stops(string key, string value)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using var api = await Api.StartAsync(Api.Settings((key, value)), Api.Guarded());
        });

        Assert.Contains($"{key} is '{value}'", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BoundTokens:ExemptSchemes:Bearer", "from a file")]
    [InlineData("BoundTokens:ReportOnlySchemes:0", "Bearer")]
    [InlineData("BoundTokens:SchemesEnforcedByHandler:0", "Bearer")]
    [Requirement("AC-017")]
    public async Task Configuration_ListsThatOnlyCodeMayFill_HasNoEffect(string key, string value)
    {
        await using var api = await Api.StartAsync(Api.Settings((key, value)), Api.Guarded());

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsUnauthorized();
    }

    private static async Task RefusesUnboundAsync(Api api)
    {
        (await api.GetAsync(Api.Issuer.Issue(), null)).IsUnauthorized();
        (await api.GetAsync(Api.Issuer.Issue(), Api.A)).IsUnauthorized();
        Assert.Empty(api.Visits);
        await api.EnforcesBindingAsync();
    }

    // AC-017
    private static async Task AdmitsUnboundAsync(Api api)
    {
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), Api.A)).Status);
        Assert.All(api.Visits, visit =>
        {
            Assert.True(visit.IsAuthenticated);
            Assert.Equal(BindingOutcome.Unbound, visit.Feature?.Outcome);
            Assert.Null(visit.Feature?.Binding);
        });
        Assert.Equal(2, api.Visits.Count);
        await api.EnforcesBindingAsync();
    }
}
