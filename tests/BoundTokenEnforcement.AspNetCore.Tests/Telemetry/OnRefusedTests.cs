using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class OnRefusedTests
{
    private readonly ConcurrentQueue<BindingRejectedContext> _told = new();

    [Fact]
    public async Task OnRefused_RefusedToken_IsToldWithThumbprintsAndNames()
    {
        await using var api = await StartAsync(Told);

        await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => claims["jti"] = "id-1"), Api.B);

        var refusal = Assert.Single(_told);
        Assert.Equal((Setup.Bearer, BindingFailure.CertificateMismatch, EnforcementMode.Enforce), (refusal.Scheme, refusal.Failure, refusal.Mode));
        Assert.Equal(TestCertificates.Thumbprint(Api.A), refusal.Expected.ToString());
        Assert.Equal(TestCertificates.Thumbprint(Api.B), refusal.Presented.ToString());
        Assert.Equal(("id-1", "client-1"), (refusal.TokenId, refusal.ClientId));
        Assert.False(refusal.IsTokenValidated);
    }

    [Fact]
    public async Task OnRefused_AcceptedToken_IsNotTold()
    {
        await using var api = await StartAsync(Told);

        await api.AdmitsAsync("/", TestRequests.Proven, "alice");

        Assert.Empty(_told);
    }

    [Fact]
    public async Task OnRefused_OnlyReported_IsToldAsSuch()
    {
        await using var api = await StartAsync(Told, options => options.Mode = EnforcementMode.ReportOnly);

        await api.AdmitsAsync("/", TestRequests.Stolen, "alice");

        var refusal = Assert.Single(_told);
        Assert.Equal((BindingFailure.CertificateMissing, EnforcementMode.ReportOnly, "client-1"), (refusal.Failure, refusal.Mode, refusal.ClientId));
        Assert.NotNull(refusal.TokenId);
        Assert.True(refusal.IsTokenValidated);
        Assert.Equal(string.Empty, refusal.Presented.ToString());
    }

    [Fact]
    public async Task OnRefused_RequestRefusedBeforeAnyScheme_IsToldWithoutOne()
    {
        await using var api = await StartAsync(Told);

        (await api.SendAsync("/?access_token=x", TestRequests.Proven)).IsBadRequest();

        var refusal = Assert.Single(_told);
        Assert.Equal((string.Empty, BindingFailure.RequestMalformed), (refusal.Scheme, refusal.Failure));
    }

    [Fact]
    public async Task OnRefused_NamesThatAreTooLongOrNoText_AreCutOrLeftOut()
    {
        await using var api = await StartAsync(Told);

        await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => (claims["jti"], claims["client_id"]) = (new string('x', 5_000), new string('x', 5_000))), null);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A, claims => (claims["jti"], claims["client_id"]) = (1, new System.Text.Json.Nodes.JsonArray())), null);
        await api.GetAsync(Api.Issuer.SignRaw("{}", "[]"), null);
        await api.GetAsync("x.!.x", null);

        Assert.Equal(new int?[] { 200, null, null, null }, _told.Select(refusal => refusal.TokenId?.Length));
        Assert.Equal(new int?[] { 200, null, null, null }, _told.Select(refusal => refusal.ClientId?.Length));
    }

    [Fact]
    public async Task OnRefused_WhateverIsTold_IsNotTheToken()
    {
        await using var api = await StartAsync(Told);
        var token = Api.Issuer.BoundTo(Api.A);

        await api.GetAsync(token, Api.B);

        var refusal = Assert.Single(_told);
        var texts = typeof(BindingRejectedContext).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType != typeof(HttpContext))
            .Select(property => property.GetValue(refusal)?.ToString() ?? string.Empty)
            .ToList();
        Assert.Equal(8, texts.Count);
        Assert.All(token.Split('.'), segment => Assert.DoesNotContain(texts, text => text.Contains(segment, StringComparison.Ordinal)));
        Assert.All(texts, text => Assert.InRange(text.Length, 0, 200));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OnRefused_Throws_ChangesNothingAndIsLoggedByItsTypeAlone(bool asynchronously)
    {
        await using var api = await StartAsync(async refusal =>
        {
            if (asynchronously)
            {
                await Task.Yield();
            }

            throw new InvalidTimeZoneException($"with a secret: {refusal.HttpContext.Request.Headers.Authorization}");
        });
        var token = Api.Issuer.BoundTo(Api.A);

        (await api.GetAsync(token, null)).IsUnauthorized();

        Assert.Empty(api.Visits);
        var log = Assert.Single(api.Logs.Records, log => log.EventId.Name == "TelemetryFailed");
        Assert.Contains(nameof(InvalidTimeZoneException), log.Message, StringComparison.Ordinal);
        Assert.Null(log.ExceptionText);
        Assert.DoesNotContain("secret", log.Everything, StringComparison.Ordinal);
        api.Logs.AssertContainsNone(token);
    }

    [Fact]
    public async Task OnRefused_ThrowsInAFlood_IsLoggedInPart()
    {
        await using var api = await StartAsync(_ => throw new InvalidTimeZoneException());
        var token = Api.Issuer.BoundTo(Api.A);
        var watch = TimeProvider.System.GetTimestamp();

        for (var i = 0; i < 200; i++)
        {
            (await api.GetAsync(token, null)).IsUnauthorized();
        }

        var seconds = 1 + (int)TimeProvider.System.GetElapsedTime(watch).TotalSeconds;
        Assert.InRange(api.Logs.Records.Count(log => log.EventId.Name == "TelemetryFailed"), 1, seconds * LogRateLimiter.PerSecond);
    }

    [Fact]
    public async Task OnRefused_TakesTheDecisionOffTheRequest_DoesNotOpen()
    {
        await using var api = await StartAsync(refusal =>
        {
            refusal.HttpContext.Features.Set<IBoundTokenFeature>(null);
            return ValueTask.CompletedTask;
        });

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsUnauthorized();
        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task OnRefused_MetricsListenerIsBroken_IsCalled()
    {
        var calls = 0;
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o => o.OnRejected = _ =>
        {
            calls++;
            return ValueTask.CompletedTask;
        }));
        // Of this host alone: listeners hear all hosts of the process.
        var meters = api.Application.Services.GetRequiredService<IMeterFactory>();
        using var broken = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Meter.Name == BoundTokenTelemetry.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        broken.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("broken"));
        broken.Start();

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);

        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task OnRefused_NameThatIsNoText_IsCalledAllTheSame()
    {
        var calls = 0;
        await using var api = await Api.StartAsync(Api.Guarded(enforcement: o => o.OnRejected = _ =>
        {
            calls++;
            return ValueTask.CompletedTask;
        }));
        var token = Api.Issuer.SignRaw(Api.Issuer.Header().ToJsonString(), """{"jti":"\ud800","cnf":{"x5t#S256":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}}""");

        await api.GetAsync(token, null);

        Assert.Equal(1, calls);
    }

    // Before a signature is verified, a stolen token and one that nobody signed look alike, and must not be told as if anything were known.
    [Fact]
    public async Task OnRefused_StolenOrForged_SaysThatNothingWasValidated()
    {
        await using var api = await StartAsync(Told);

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);
        await api.GetAsync(Forged(), null);

        Assert.Equal(2, _told.Count);
        Assert.All(_told, refusal => Assert.False(refusal.IsTokenValidated));
        Assert.All(
            api.Logs.From(typeof(DecisionTelemetry).FullName!),
            log => Assert.StartsWith("Bearer (Enforce): refused an unverified token bound to ", log.Message, StringComparison.Ordinal));
    }

    // An encrypted token is read only after it was validated.
    [Fact]
    public async Task OnRefused_RefusedAfterValidation_SaysSo()
    {
        using var key = new TestEncryptionKey();
        await using var api = await Api.StartAsync(Api.Guarded(
            options =>
            {
                options.TokenValidationParameters.TokenDecryptionKey = key.PrivateSecurityKey();
                options.TokenValidationParameters.ValidTypes = null;
            },
            options => options.OnRejected = Told));

        await api.GetAsync(key.Encrypt(Api.Issuer.BoundTo(Api.A), _ => { }), null);

        Assert.True(Assert.Single(_told).IsTokenValidated);
        Assert.Equal(
            $"Bearer (Enforce): refused a valid token bound to {TestCertificates.Thumbprint(Api.A)}, because no certificate was presented.",
            Assert.Single(api.Logs.From(typeof(DecisionTelemetry).FullName!)).Message);
    }

    private static string Forged() =>
        $"e30.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes($$$"""{"cnf":{"x5t#S256":"{{{new string('A', 43)}}}"}}"""))}.AA";

    private ValueTask Told(BindingRejectedContext refusal)
    {
        _told.Enqueue(refusal);
        return ValueTask.CompletedTask;
    }

    private static Task<Api> StartAsync(Func<BindingRejectedContext, ValueTask> onRejected, Action<BoundTokenEnforcementOptions>? configure = null) => Setup.StartAsync(
        Setup.Bearer,
        schemes => schemes.AddGuarded(options => options.MapInboundClaims = false),
        Setup.Behind(),
        options =>
        {
            options.OnRejected = onRejected;
            configure?.Invoke(options);
        });
}
