using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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
        Assert.True(options.RequestClientCertificates);
        Assert.Empty(options.UnguardedSchemes);
    }

    // AC-016
    [Fact]
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
    public async Task RequestClientCertificates_UnreadableSetting_DoesNotStartAndNamesTheOption()
    {
        const string Key = "BoundTokens:RequestClientCertificates";

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Api.StartAsync(Api.Settings((Key, "maybe")), Api.Guarded()));

        Assert.Contains(Key, failure.ToString(), StringComparison.Ordinal);
    }

    // AC-125
    [Fact]
    public async Task Requirement_ReloadedWithAnUnknownValue_LetsNobodyInUntilItIsPutRight()
    {
        await using var api = await Api.StartAsync(Api.Settings((Requirement, "WhenBound")), Api.Guarded());
        await AdmitsUnboundAsync(api);
        var entered = api.Visits.Count;

        Reload("Sometimes");
        await Assert.ThrowsAnyAsync<Exception>(() => api.GetAsync(Api.Issuer.Issue(), null));
        await Assert.ThrowsAnyAsync<Exception>(() => api.GetAsync(Api.Issuer.BoundTo(Api.A), null));
        Assert.Equal(entered, api.Visits.Count);

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

    [Theory]
    [InlineData("", "why")]
    [InlineData(" ", "why")]
    [InlineData("Bearer", "")]
    [InlineData("Bearer", " ")]
    public void LeaveUnguarded_WithoutNameOrReason_Throws(string scheme, string because)
    {
        var options = new BoundTokenEnforcementOptions();

        Assert.Throws<ArgumentException>(() => options.LeaveUnguarded(scheme, because));

        Assert.Empty(options.UnguardedSchemes);
    }

    [Fact]
    public void AddBoundTokenEnforcement_Null_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new ServiceCollection().AddBoundTokenEnforcement(null!));
        Assert.Throws<ArgumentNullException>(() => ((IServiceCollection)null!).AddBoundTokenEnforcement());
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
