using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.TestSupport;

/// <summary>An application without a server: requests start where Kestrel would hand them over, and end when they are authenticated.</summary>
public sealed class AuthenticationScene
{
    private readonly IServiceScopeFactory _scopes;
    private readonly RequestDelegate _pipeline;

    public AuthenticationScene(TestTokenIssuer issuer, Action<IServiceCollection> configure, Action<JwtBearerOptions>? jwt = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
        {
            issuer.Configure(options);
            jwt?.Invoke(options);
        });
        configure(builder.Services);
        var services = builder.Build().Services;
        _scopes = services.GetRequiredService<IServiceScopeFactory>();

        // What stands before the application's own pipeline, and in its place the one step that is looked at, as the framework's middleware does it.
        Action<IApplicationBuilder> application = static app => app.Run(static async context => Succeeded(context, await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme)));
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
    public async Task<bool> SendAsync(Connection connection, string authorization)
    {
        await using var scope = _scopes.CreateAsyncScope();
        // Large enough for everybody: where Kestrel keeps a list for the connection, this collection would grow for each request.
        var features = new FeatureCollection(initialCapacity: 32);
        features.Set<IHttpRequestFeature>(new HttpRequestFeature());
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        var context = new DefaultHttpContext(features) { RequestServices = scope.ServiceProvider };
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
    public sealed class Connection(X509Certificate2? certificate) : SslStream(new MemoryStream()), ISslStreamFeature
    {
        public override X509Certificate? RemoteCertificate => certificate;

        public SslStream SslStream => this;
    }
}
