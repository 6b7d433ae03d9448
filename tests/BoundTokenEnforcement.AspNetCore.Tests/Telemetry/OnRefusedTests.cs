using System.Collections.Concurrent;
using System.Reflection;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests;

public sealed class OnRefusedTests
{
    private readonly ConcurrentQueue<BoundTokenRefusal> _told = new();

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
    }

    [Fact]
    public async Task OnRefused_AcceptedToken_IsNotTold()
    {
        await using var api = await StartAsync(Told);

        await api.AdmitsAsync("/", Knocking.Proven, "alice");

        Assert.Empty(_told);
    }

    [Fact]
    public async Task OnRefused_OnlyReported_IsToldAsSuch()
    {
        await using var api = await StartAsync(Told, options => options.Mode = EnforcementMode.ReportOnly);

        await api.AdmitsAsync("/", Knocking.Stolen, "alice");

        var refusal = Assert.Single(_told);
        Assert.Equal((BindingFailure.CertificateMissing, EnforcementMode.ReportOnly, "client-1"), (refusal.Failure, refusal.Mode, refusal.ClientId));
        Assert.NotNull(refusal.TokenId);
        Assert.Equal(string.Empty, refusal.Presented.ToString());
    }

    [Fact]
    public async Task OnRefused_RequestRefusedBeforeAnyScheme_IsToldWithoutOne()
    {
        await using var api = await StartAsync(Told);

        (await api.SendAsync("/?access_token=x", Knocking.Proven)).IsBadRequest();

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
        var texts = typeof(BoundTokenRefusal).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.PropertyType != typeof(HttpContext))
            .Select(property => property.GetValue(refusal)?.ToString() ?? string.Empty)
            .ToList();
        Assert.Equal(7, texts.Count);
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

    private ValueTask Told(BoundTokenRefusal refusal)
    {
        _told.Enqueue(refusal);
        return ValueTask.CompletedTask;
    }

    private static Task<Api> StartAsync(Func<BoundTokenRefusal, ValueTask> onRefused, Action<BoundTokenEnforcementOptions>? configure = null) => Setup.StartAsync(
        Setup.Bearer,
        schemes => schemes.AddGuarded(options => options.MapInboundClaims = false),
        Setup.Behind(),
        options =>
        {
            options.OnRefused = onRefused;
            configure?.Invoke(options);
        });
}
