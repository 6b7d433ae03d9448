using System.Buffers.Text;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class RefusalLogLimitTests
{
    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void TryPass_WithinOneSecond_PassesSoMany()
    {
        var limit = new RejectionLogLimiter(_clock);

        Assert.Equal(Enumerable.Repeat(true, RejectionLogLimiter.PerSecond), Pass(limit, RejectionLogLimiter.PerSecond));
        Assert.Equal(Enumerable.Repeat(false, 100), Pass(limit, 100));
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: true, out var suppressed));
        Assert.Equal(0, suppressed);
    }

    [Fact]
    public void TryPass_AfterOneSecond_PassesAgainAndTellsHowManyWereLeftOut()
    {
        var limit = new RejectionLogLimiter(_clock);
        Pass(limit, RejectionLogLimiter.PerSecond + 7);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: true, out var suppressed));
        Assert.Equal(7, suppressed);
        Assert.True(limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: true, out suppressed));
        Assert.Equal(0, suppressed);
        Assert.Equal(RejectionLogLimiter.PerSecond - 2, Pass(limit, 100).Count(passed => passed));
    }

    [Fact]
    public void TryPass_OtherFailure_HasItsOwnLimit()
    {
        var limit = new RejectionLogLimiter(_clock);
        Pass(limit, 100);

        Assert.All(Enum.GetValues<BindingFailure>().Except([BindingFailure.CertificateMissing]), failure => Assert.True(limit.TryPass(failure, isTokenValidated: true, out _)));
    }

    [Fact]
    public async Task TryPass_ManyAtOnce_PassesExactlySoMany()
    {
        var limit = new RejectionLogLimiter(_clock);

        var passed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Pass(limit, 500).Count(pass => pass))));
        _clock.Advance(TimeSpan.FromSeconds(1));
        limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: true, out var suppressed);

        Assert.Equal(RejectionLogLimiter.PerSecond, passed.Sum());
        Assert.Equal((8 * 500) - RejectionLogLimiter.PerSecond, suppressed);
    }

    [Fact]
    public async Task Pipeline_FloodOfStolenTokens_LogsSoManyAndCountsAll()
    {
        await using var api = await Api.StartAsync(
            [builder => builder.Services.AddSingleton<TimeProvider>(_clock), Setup.Schemes(Setup.Bearer, schemes => schemes.AddGuarded()), Setup.Enforcing()],
            Setup.Behind());

        for (var request = 0; request < 50; request++)
        {
            await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        await api.RefusesAsync("/", TestRequests.Stolen, BindingFailure.CertificateMissing);

        var logs = api.Logs.From(typeof(DecisionTelemetry).FullName!);
        Assert.Equal(RejectionLogLimiter.PerSecond + 1, logs.Count(log => log.EventId.Id == 102));
        var suppressed = Assert.Single(logs, log => log.EventId.Id == 202);
        Assert.Equal("RefusalsSuppressed", suppressed.EventId.Name);
        Assert.Contains("30 more", suppressed.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(BindingFailure.CertificateMissing), suppressed.Message, StringComparison.Ordinal);
        Assert.Equal(51, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, nameof(BindingFailure.CertificateMissing)));
    }

    // P8
    [Fact]
    public async Task Pipeline_EachRefusal_WritesAtMostAKilobyte()
    {
        var text = new string('x', 10_000);
        await using var api = await Api.StartAsync(
            [Setup.Schemes(Setup.Bearer, schemes => schemes.AddGuarded()), Setup.Enforcing()], Setup.Behind());
        api.Logs.Clear();

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => (claims["sub"], claims["jti"], claims["client_id"]) = (text, text, text)), Api.B);
        await api.GetAsync(Api.Issuer.WithConfirmation($$"""{"x5t#S256":"{{text}}"}"""), Api.B);
        await api.GetAsync($"{Api.Issuer.BoundTo(Api.A)} {text}", Api.B);

        var logs = api.Logs.From("BoundTokenEnforcement");
        Assert.Equal(4, logs.Count);
        Assert.All(logs, log => Assert.InRange(log.Everything.Length, 1, 1024));
    }

    [Fact]
    public void TryPass_TokensNotValidated_HaveTheirOwnLimit()
    {
        var limit = new RejectionLogLimiter(_clock);
        foreach (var isTokenValidated in new[] { false, true })
        {
            var passed = Enumerable.Range(0, 100).Count(_ => limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated, out var _));

            Assert.Equal(RejectionLogLimiter.PerSecond, passed);
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: false, out var suppressed));
        Assert.Equal(100 - RejectionLogLimiter.PerSecond, suppressed);
    }

    // Anybody can write tokens that nobody signed. They must not hide the one that matters.
    [Fact]
    public async Task Pipeline_FloodOfForgeries_DoesNotHideAStolenTokenThatWasValidated()
    {
        using var key = new TestEncryptionKey();
        await using var api = await Api.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(_clock), Api.Guarded(options =>
        {
            options.TokenValidationParameters.TokenDecryptionKey = key.PrivateSecurityKey();
            options.TokenValidationParameters.ValidTypes = null;
        }));
        var forged = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$$"""{"cnf":{"x5t#S256":"{{{new string('A', 43)}}}"}}"""))}.AA";
        for (var i = 0; i < RejectionLogLimiter.PerSecond + 5; i++)
        {
            await api.GetAsync(forged, null);
        }

        await api.GetAsync(key.Encrypt(Api.Issuer.BoundTo(Api.A), _ => { }), null);

        var told = api.Logs.From(typeof(DecisionTelemetry).FullName!);
        Assert.Equal(RejectionLogLimiter.PerSecond, told.Count(log => log.Message.Contains("an unverified token", StringComparison.Ordinal)));
        Assert.Contains(TestCertificates.Thumbprint(Api.A), Assert.Single(told, log => log.Message.Contains("a valid token", StringComparison.Ordinal)).Message, StringComparison.Ordinal);
    }

    private static List<bool> Pass(RejectionLogLimiter limit, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => limit.TryPass(BindingFailure.CertificateMissing, isTokenValidated: true, out var _))];
}
