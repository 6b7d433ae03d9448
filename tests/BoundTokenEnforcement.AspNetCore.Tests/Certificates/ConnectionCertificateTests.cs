using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

public sealed class ConnectionCertificateTests
{
    [Fact]
    public Task Middleware_OverwritesTheClientCertificate_HasNoEffect() => EnforcesAsync(context => context.Connection.ClientCertificate = Api.A);

    [Fact]
    public Task Middleware_RemovesTheClientCertificate_HasNoEffect() => EnforcesAsync(context => context.Connection.ClientCertificate = null);

    [Fact]
    public Task Middleware_ReplacesTheConnectionFeature_HasNoEffect() =>
        EnforcesAsync(context => context.Features.Set<ITlsConnectionFeature>(new Claimed(Api.A)));

    // AC-057: the framework's own forwarding believes anybody.
    [Fact]
    [Requirement("AC-057", "R8705-1.2-1", "R8705-3-4")]
    public async Task CertificateForwarding_HeaderOfTheCaller_HasNoEffect()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(), builder => builder.Services.AddCertificateForwarding(options => options.CertificateHeader = "X-Client-Cert")],
            (api, app) =>
            {
                app.UseCertificateForwarding();
                app.UseAuthentication().UseAuthorization();
                api.MapProtected(app);
            });

        var forged = await api.SendAsync("/", context =>
        {
            context.Request.Headers["X-Client-Cert"] = Convert.ToBase64String(Api.A.RawData);
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        });

        forged.IsUnauthorized();
        Assert.Empty(api.Visits);
        await api.AdmitsAsync();
    }

    [Fact]
    public async Task StartupFilter_OfTheApplication_ComesTooLate()
    {
        await using var api = await Api.StartAsync(
            builder => builder.Services.AddSingleton<IStartupFilter, OverwritingFilter>(),
            Api.Guarded(),
            builder => builder.Services.AddSingleton<IStartupFilter, OverwritingFilter>());

        await api.EnforcesBindingAsync();
    }

    // Some middleware replaces all features, or hands the request on to a context of its own.
    [Fact]
    public async Task Middleware_ForgetsWhatTheConnectionPresented_Refused()
    {
        await using var api = await StartAsync(context => context.Features.Set<RequestBinding>(null));

        await api.RefusesAsync("/", null);
        await api.RefusesAsync("/", Api.A);
        Assert.Equal(2, api.Metrics.Sum(BoundTokenTelemetry.DecisionsCounterName, BoundTokenTelemetry.FailureTag, "PipelineBypassed"));
    }

    [Fact]
    public void Of_SameCertificate_IsReadOnce()
    {
        var context = new DefaultHttpContext();
        context.Connection.ClientCertificate = Api.A;

        Assert.Same(ConnectionCertificate.Of(context), ConnectionCertificate.Of(context));
        Assert.Equal(CertificateThumbprint.Of(Api.A), ConnectionCertificate.Of(context).Presented?.Thumbprint);
        Assert.Equal(CertificateSource.Connection, ConnectionCertificate.Of(context).Presented?.Source);
    }

    [Fact]
    public void Of_NoTls_IsNothing() => Assert.Null(ConnectionCertificate.Of(new DefaultHttpContext()).Presented);

    private static async Task EnforcesAsync(Action<HttpContext> middleware)
    {
        await using var api = await StartAsync(middleware);

        await api.EnforcesBindingAsync();
    }

    private static Task<Api> StartAsync(Action<HttpContext> middleware) => Api.StartAsync([Api.Guarded()], (api, app) =>
    {
        app.Use((context, next) =>
        {
            middleware(context);
            return next(context);
        });
        // Otherwise the framework puts them first, before the middleware.
        app.UseAuthentication().UseAuthorization();
        api.MapProtected(app);
    });

    private sealed class OverwritingFilter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, rest) =>
            {
                context.Connection.ClientCertificate = Api.A;
                return rest(context);
            });
            next(app);
        };
    }

    private sealed class Claimed(X509Certificate2 certificate) : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = certificate;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
