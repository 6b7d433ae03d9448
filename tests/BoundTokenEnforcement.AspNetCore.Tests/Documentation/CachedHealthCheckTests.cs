using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace BoundTokenEnforcement.AspNetCore.Tests.Documentation;

/// <summary>The health check as <c>docs/reference/audit.md</c> adds it.</summary>
public sealed class CachedHealthCheckTests
{
    [Fact]
    public async Task HealthCheck_AskedTwice_RunsTheAuditOnce()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(),
                builder =>
                {
                    builder.Services.AddHealthChecks().AddBoundTokenEnforcement();
                    builder.Services.AddOutputCache();
                    var real = builder.Services.Single(service => service.ServiceType == typeof(IBoundTokenAudit)).ImplementationType!;
                    builder.Services.AddSingleton(real);
                    builder.Services.Replace(ServiceDescriptor.Singleton<IBoundTokenAudit>(
                        services => new CountingAudit((IBoundTokenAudit)services.GetRequiredService(real))));
                },
            ],
            (_, app) =>
            {
                app.UseOutputCache();
                app.MapHealthChecks("/health").CacheOutput(cache => cache.Expire(TimeSpan.FromMinutes(1)));
            });
        var audit = (CountingAudit)api.Application.Services.GetRequiredService<IBoundTokenAudit>();
        var atStart = audit.Runs;

        var first = await api.GetAsync("/health", token: null, certificate: null);
        var second = await api.GetAsync("/health", token: null, certificate: null);

        Assert.Equal((StatusCodes.Status200OK, "Healthy"), (first.Status, first.Body));
        Assert.Equal((StatusCodes.Status200OK, "Healthy"), (second.Status, second.Body));
        Assert.Equal(1, audit.Runs - atStart);
    }

    private sealed class CountingAudit(IBoundTokenAudit real) : IBoundTokenAudit
    {
        internal int Runs { get; private set; }

        public Task<BoundTokenAuditReport> RunAsync(CancellationToken cancellationToken)
        {
            Runs++;
            return real.RunAsync(cancellationToken);
        }
    }
}
