using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>An application without a server: requests start where Kestrel would hand them over, and end when they are authenticated.</summary>
internal sealed class AuthenticationScene
{
    private readonly IServiceScopeFactory _scopes;
    private readonly RequestDelegate _pipeline;

    internal AuthenticationScene(TestTokenIssuer issuer, Action<IServiceCollection> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(issuer.Configure);
        configure(builder.Services);
        var services = builder.Build().Services;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();

        // What stands before the application's own pipeline, and in its place the one step that is looked at.
        Action<IApplicationBuilder> application = static app => app.Run(static async context => Succeeded(context, await context.AuthenticateAsync()));
        foreach (var filter in services.GetServices<IStartupFilter>().Reverse())
        {
            application = filter.Configure(application);
        }

        var pipeline = new ApplicationBuilder(services);
        application(pipeline);
        _pipeline = pipeline.Build();
    }

    /// <summary>One request.</summary>
    /// <returns>Whether it was authenticated.</returns>
    internal async Task<bool> SendAsync(Connection connection, string authorization)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        context.Features.Set<ISslStreamFeature>(connection);
        context.Request.Scheme = "https";
        context.Request.Method = HttpMethods.Get;
        context.Request.Headers.Authorization = authorization;
        await _pipeline(context);
        return context.Items.ContainsKey(typeof(AuthenticationScene));
    }

    private static void Succeeded(HttpContext context, AuthenticateResult result)
    {
        if (result.Succeeded)
        {
            context.Items[typeof(AuthenticationScene)] = result;
        }
    }

    /// <summary>A TLS connection of which no more is known than which certificate the client presented.</summary>
    internal sealed class Connection(X509Certificate2? certificate) : SslStream(new MemoryStream()), ISslStreamFeature
    {
        public override X509Certificate? RemoteCertificate => certificate;

        public SslStream SslStream => this;
    }
}
