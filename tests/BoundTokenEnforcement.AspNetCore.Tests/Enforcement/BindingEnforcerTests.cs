using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.AspNetCore.Tests.Enforcement;

public sealed class BindingEnforcerTests
{
    [Fact]
    public async Task Feature_BindingVerified_HoldsTheProof()
    {
        await using var api = await Api.StartAsync(Api.Guarded());

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.A);

        var feature = Assert.Single(api.Visits).Feature!;
        Assert.Equal("Bearer", feature.Scheme);
        Assert.Equal(BindingOutcome.Verified, feature.Outcome);
        Assert.Null(feature.Failure);
        Assert.Equal(CertificateThumbprint.Of(Api.A), feature.Binding!.Thumbprint);
        Assert.Equal(CertificateSource.Connection, feature.Binding.Source);
    }

    [Fact]
    public async Task Feature_Refused_HoldsTheReason()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) => api.Map(app, "/").AllowAnonymous());

        await api.GetAsync(Api.Issuer.BoundTo(Api.A), null);
        await api.GetAsync(Api.Issuer.BoundTo(Api.A), Api.B);

        Assert.Equal([BindingFailure.CertificateMissing, BindingFailure.CertificateMismatch], api.Visits.Select(visit => visit.Feature!.Failure!.Value));
        Assert.All(api.Visits, visit =>
        {
            Assert.Equal(BindingOutcome.Refused, visit.Feature!.Outcome);
            Assert.Null(visit.Feature.Binding);
        });
    }

    [Fact]
    public async Task Feature_NoValidToken_IsAbsent()
    {
        await using var api = await Api.StartAsync([Api.Guarded()], (api, app) => api.Map(app, "/").AllowAnonymous());

        await api.GetAsync(null, Api.A);
        await api.GetAsync("garbage", Api.A);

        Assert.Equal(2, api.Visits.Count);
        Assert.All(api.Visits, visit => Assert.Null(visit.Feature));
    }

    // AC-023
    [Fact]
    [Requirement("AC-023")]
    public async Task Judge_SameCertificateOtherToken_DecidesEachTime()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        await api.AdmitsAsync();

        (await api.GetAsync(Api.Issuer.BoundTo(Api.B), Api.A)).IsUnauthorized();

        await api.AdmitsAsync();
    }

    // AC-120
    [Fact]
    [Requirement("AC-120")]
    public async Task Judge_LogProviderThrows_DecidesAllTheSame()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(), builder => builder.Logging.AddProvider(new BrokenProvider("BoundTokenEnforcement")));

        await api.EnforcesBindingAsync();
        (await api.SendAsync("/", context => context.Request.Headers.Authorization = "Bearer one two")).IsBadRequest();
    }

    [Fact]
    public async Task Reload_LogProviderThrows_IsInForceAllTheSame()
    {
        await using var api = await Api.StartAsync(
            Api.Settings(("BoundTokens:Requirement", "WhenBound")),
            Api.Guarded(),
            builder => builder.Logging.AddProvider(new BrokenProvider("BoundTokenEnforcement")));
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);

        Reload("Sometimes");
        Assert.Equal(200, (await api.GetAsync(Api.Issuer.Issue(), null)).Status);
        await api.EnforcesBindingAsync();
        Reload("Required");
        (await api.GetAsync(Api.Issuer.Issue(), null)).IsUnauthorized();
        await api.EnforcesBindingAsync();

        void Reload(string requirement)
        {
            api.Application.Configuration["BoundTokens:Requirement"] = requirement;
            try
            {
                ((IConfigurationRoot)api.Application.Configuration).Reload();
            }
            catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is InvalidOperationException))
            {
                // The framework's own monitor of the options says that they are not valid.
            }
        }
    }

    [Fact]
    public async Task Judge_LogProviderThrowsOnEverythingInAuthentication_LetsNobodyIn()
    {
        await using var api = await Api.StartAsync(
            Api.Guarded(), builder => builder.Logging.AddProvider(new BrokenProvider("Microsoft.AspNetCore.Authentication", "BoundTokenEnforcement")));

        await Assert.ThrowsAnyAsync<Exception>(() => api.GetAsync(Api.Issuer.BoundTo(Api.A), null));

        Assert.Empty(api.Visits);
    }

    [Fact]
    public async Task Judge_MetricsListenerThrows_DecidesAllTheSame()
    {
        await using var api = await Api.StartAsync(Api.Guarded());
        var factory = api.Application.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name == BoundTokenTelemetry.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        var called = 0;
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            called++;
            throw new InvalidOperationException("Thrown by a listener.");
        });
        listener.Start();

        await api.EnforcesBindingAsync();
        (await api.SendAsync("/", context => context.Request.Headers.Authorization = "Bearer one two")).IsBadRequest();

        Assert.Equal(4, called);
    }

    private sealed class BrokenProvider(params string[] categories) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Broken(categories.Any(category => categoryName.StartsWith(category, StringComparison.Ordinal)));

        public void Dispose()
        {
        }

        private sealed class Broken(bool throws) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (throws)
                {
                    throw new IOException("The disk is full.");
                }
            }
        }
    }
}
