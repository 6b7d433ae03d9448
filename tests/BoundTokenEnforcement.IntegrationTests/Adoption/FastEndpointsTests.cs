using System.Net;
using BoundTokenEnforcement.TestSupport;
using FastEndpoints;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>FastEndpoints, with a pre-processor that answers before the endpoint does.</summary>
public sealed class FastEndpointsTests
{
    [Fact]
    public async Task FastEndpoints_WithOneLine_EnforceBindings()
    {
        await using var api = await AdoptedApi.StartAsync(
            static (builder, issuer) =>
            {
                builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(issuer.Configure);
                builder.Services.AddAuthorization();
                builder.Services.AddFastEndpoints(options =>
                {
                    options.DisableAutoDiscovery = true;
                    options.Assemblies = [typeof(OrdersEndpoint).Assembly];
                });
            },
            static app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.UseFastEndpoints();
            });

        await api.EnforcesAsync("/fast/orders");
        Assert.Empty(api.Report.Faults);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/fast/orders"), null, null)).Status);
    }
}

/// <summary>An endpoint as FastEndpoints finds it.</summary>
internal sealed class OrdersEndpoint : EndpointWithoutRequest<string>
{
    public override void Configure()
    {
        Get("/fast/orders");
        PreProcessor<OnlyNamedUsers>();
    }

    public override Task HandleAsync(CancellationToken ct) => HttpContext.Response.WriteAsync("orders", ct);
}

/// <summary>Looks at the user before the endpoint does.</summary>
internal sealed class OnlyNamedUsers : IPreProcessor<EmptyRequest>
{
    public Task PreProcessAsync(IPreProcessorContext<EmptyRequest> context, CancellationToken ct) =>
        context.HttpContext.User.HasClaim(static claim => claim.Type == "client_id") ? Task.CompletedTask : context.HttpContext.Response.WriteAsync("no client", ct);
}
