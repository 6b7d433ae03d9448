using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class ReloadTests
{
    private const string Requirement = nameof(BoundTokenEnforcementOptions.Requirement);
    private const string Mode = nameof(BoundTokenEnforcementOptions.Mode);

    [Fact]
    public async Task Reload_ValidValues_AreInForceForTheNextRequest()
    {
        var settings = new Settings((Requirement, "Required"));
        await using var api = await StartAsync(settings);

        await api.RefusesAsync("/", EndpointSetup.Unbound, BindingFailure.TokenUnbound);
        settings.Replace((Requirement, "WhenBound"));
        await api.AdmitsAsync("/", EndpointSetup.Unbound, "alice");
        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        settings.Replace((Mode, "ReportOnly"));
        await api.AdmitsAsync("/", TestRequests.Stolen, "alice");
        settings.Replace((Requirement, ""));
        await api.RefusesAsync("/", EndpointSetup.Unbound, BindingFailure.TokenUnbound);
        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);

        Assert.Equal(3, api.Logs.From(typeof(EnforcementPolicy).FullName!).Count(log => log.EventId is { Id: 210, Name: "PolicyReloaded" }));
    }

    public static TheoryData<string, string> Bad { get; } = new()
    {
        { Requirement, "Sometimes" },
        { Requirement, "7" },
        { Requirement, "-1" },
        { Mode, "Off" },
        { Mode, "7" },
        { nameof(BoundTokenEnforcementOptions.Audit), "7" },
        { nameof(BoundTokenEnforcementOptions.NegotiateDelayedCertificates), "perhaps" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Reload_BadValue_KeepsTheLastGoodOnesAndSaysSo(string name, string value)
    {
        var settings = new Settings((Requirement, "WhenBound"));
        await using var api = await StartAsync(settings);

        // Together with one that would open everything, were it taken over by itself.
        settings.Replace([.. new[] { (Requirement, (string?)"Required"), (Mode, "ReportOnly") }.Where(setting => setting.Item1 != name), (name, value)]);

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        await api.AdmitsAsync("/", EndpointSetup.Unbound, "alice");
        var said = Assert.Single(api.Logs.From(typeof(EnforcementPolicy).FullName!));
        Assert.Equal((211, "ReloadRefused", LogLevel.Error), (said.EventId.Id, said.EventId.Name, said.Level));
        Assert.Contains(name, said.Message, StringComparison.Ordinal);

        settings.Replace((Requirement, "Required"));
        await api.RefusesAsync("/", EndpointSetup.Unbound, BindingFailure.TokenUnbound);
    }

    [Fact]
    public async Task Reload_OwnConfigurationThrows_KeepsTheLastGoodOnes()
    {
        var broken = false;
        var settings = new Settings();
        await using var api = await StartAsync(settings, builder => builder.Services.AddBoundTokenEnforcement(
            _ =>
            {
                if (broken)
                {
                    throw new InvalidTimeZoneException("nothing to do with options");
                }
            }));

        broken = true;
        settings.Replace((Mode, "ReportOnly"));

        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        Assert.Single(api.Logs.From(typeof(EnforcementPolicy).FullName!), log => log.EventId.Id == 211);
    }

    [Fact]
    public async Task Start_BadValue_DoesNotStart()
    {
        var invalid = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(new Settings((Mode, "7"))));

        Assert.Contains(Mode, invalid.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(new Settings((Mode, "Off"))));
    }

    [Fact]
    public async Task Reload_SlowerThanTheNextOne_DoesNotUndoIt()
    {
        using var entered = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        var slow = false;
        var settings = new Settings((Requirement, "WhenBound"));
        await using var api = await StartAsync(settings, builder => builder.Services.AddBoundTokenEnforcement(_ =>
        {
            if (slow)
            {
                slow = false;
                entered.Release();
                release.Wait(TimeSpan.FromSeconds(20));
            }
        }));

        slow = true;
        var first = Task.Run(() => settings.Replace((Requirement, "WhenBound")), TestContext.Current.CancellationToken);
        await entered.WaitAsync(TestContext.Current.CancellationToken);
        var second = Task.Run(() => settings.Replace((Requirement, "Required")), TestContext.Current.CancellationToken);
        // It does not wait for the first, which reads the settings again when it is done.
        await second;
        release.Release();
        await first;

        await api.RefusesAsync("/", EndpointSetup.Unbound, BindingFailure.TokenUnbound);
    }

    // AC-125
    [Fact]
    [Requirement("AC-125")]
    public async Task Reload_HundredTimesUnderLoad_NoRequestSeesAHalfAppliedPolicy()
    {
        var settings = new Settings(Strict);
        await using var api = await StartAsync(settings);
        using var stop = new CancellationTokenSource();

        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var sent = 0;
            while (!stop.IsCancellationRequested)
            {
                var unbound = await api.SendAsync("/", EndpointSetup.Unbound);
                var stolen = await api.SendAsync("/", TestRequests.Stolen);
                FailOpen.Count(stolen.Status == StatusCodes.Status200OK);
                Assert.Equal(StatusCodes.Status401Unauthorized, stolen.Status);
                Assert.Contains(unbound.Status, new[] { StatusCodes.Status200OK, StatusCodes.Status401Unauthorized });
                sent += 2;
            }

            return sent;
        })).ToArray();
        for (var reload = 0; reload < 100; reload++)
        {
            settings.Replace((reload % 3) switch { 0 => Lax, 1 => Strict, _ => [(Requirement, "nonsense"), (Mode, "ReportOnly")] });
            // Each policy is in force for some requests at least, besides those that the callers send meanwhile.
            await api.SendAsync("/", EndpointSetup.Unbound);
        }

        await stop.CancelAsync();
        Assert.DoesNotContain(0, await Task.WhenAll(callers));
        var unboundDecisions = api.Metrics.Of(BoundTokenTelemetry.DecisionsCounterName)
            .Where(measured => measured.Tags.GetValueOrDefault(BoundTokenTelemetry.FailureTag) != nameof(BindingFailure.CertificateMissing))
            .Select(measured => $"{measured.Tags[BoundTokenTelemetry.ModeTag]} {measured.Tags[BoundTokenTelemetry.OutcomeTag]}")
            .ToHashSet();
        Assert.Equal(["Enforce Refused", "Enforce Unbound"], unboundDecisions.Order());
        Assert.All(api.Visits, visit => Assert.Equal(BindingOutcome.Unbound, visit.Feature?.Outcome));
    }

    [Fact]
    public async Task Reload_BetweenTwoModes_NoDecisionMixesThem()
    {
        // One policy lets unbound tokens in and enforces, the other refuses them and only reports. Never both halves at once.
        (string, string?)[] one = [(Requirement, "WhenBound"), (Mode, "Enforce")];
        (string, string?)[] other = [(Requirement, "Required"), (Mode, "ReportOnly")];
        var settings = new Settings(one);
        await using var api = await StartAsync(settings);
        using var stop = new CancellationTokenSource();

        var caller = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await api.SendAsync("/", EndpointSetup.Unbound);
            }
        }, TestContext.Current.CancellationToken);
        for (var reload = 0; reload < 100; reload++)
        {
            settings.Replace(reload % 2 == 0 ? other : one);
            await api.SendAsync("/", EndpointSetup.Unbound);
        }

        await stop.CancelAsync();
        await caller;
        Assert.Equal(
            [(EnforcementMode.Enforce, BindingOutcome.Unbound), (EnforcementMode.ReportOnly, BindingOutcome.Refused)],
            api.Visits.Select(visit => (visit.Feature!.Mode, visit.Feature.Outcome)).Distinct().Order());
    }

    private static (string, string?)[] Strict => [(Requirement, "Required"), (Mode, "Enforce")];

    private static (string, string?)[] Lax => [(Requirement, "WhenBound"), (Mode, "Enforce")];

    private static Task<Api> StartAsync(Settings settings, params Action<WebApplicationBuilder>[] more) => Api.StartAsync(
        [
            builder => ((IConfigurationBuilder)builder.Configuration).Add(settings),
            Setup.Schemes(Setup.Bearer, schemes => schemes.AddGuarded()),
            builder => builder.Services.AddBoundTokenEnforcement(),
            .. more,
        ],
        Setup.Behind());
}
