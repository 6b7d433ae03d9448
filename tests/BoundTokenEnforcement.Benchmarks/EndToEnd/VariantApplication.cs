using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Validation.AspNetCore;

namespace BoundTokenEnforcement.Benchmarks;

/// <summary>Builds the application of a variant. All have the same listener, the same endpoint, and differ in nothing but what their name says.</summary>
internal static class VariantApplication
{
    private static readonly ReadOnlyMemory<byte> Answer = "Hello"u8.ToArray();

    internal static WebApplication Build(ServerSetup setup, CountingSink sink)
    {
        var variant = Variants.Parse(setup.Variant);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Logging.ClearProviders();
        if (variant == Variant.BoundLogged)
        {
            builder.Logging.SetMinimumLevel(LogLevel.Information).AddProvider(sink);
        }

        var certificate = X509CertificateLoader.LoadPkcs12(Convert.FromBase64String(setup.Certificate), null);
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, certificate));
        builder.Services.AddAuthorization();
        AddAuthentication(builder.Services, variant, setup);

        var app = builder.Build();
        var endpoint = app.MapGet("/", static (HttpContext context) =>
        {
            context.Response.ContentLength = Answer.Length;
            return context.Response.Body.WriteAsync(Answer, context.RequestAborted).AsTask();
        });
        if (variant.Authenticates())
        {
            endpoint.RequireAuthorization();
        }

        return app;
    }

    private static void AddAuthentication(IServiceCollection services, Variant variant, ServerSetup setup)
    {
        if (variant == Variant.OpenIddict)
        {
            AddOpenIddict(services, setup);
            return;
        }

        if (variant.Authenticates())
        {
            services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options => Configure(options, setup));
        }

        if (variant.EnforcesBinding())
        {
            services.AddBoundTokenEnforcement(options => Configure(options, variant));
        }

        if (variant.IsCached())
        {
            AddCache(services, variant, variant == Variant.BoundSmallCache ? setup.SmallCacheBytes : null);
        }
    }

    private static void Configure(BoundTokenEnforcementOptions options, Variant variant)
    {
        if (variant == Variant.Forwarded)
        {
            options.UseForwardedCertificate(static forwarded =>
            {
                forwarded.Format = ForwardedCertificateFormat.ClientCert;
                forwarded.TrustedProxies.Add(IPAddress.Loopback.ToString());
            });
        }
    }

    private static void AddCache(IServiceCollection services, Variant variant, long? maxBytes) => services.AddValidatedTokenCache(options =>
    {
        options.MaxBytes = maxBytes ?? options.MaxBytes;
        options.Remember = variant == Variant.BoundIdentities ? ValidatedTokenCacheContent.Identities : ValidatedTokenCacheContent.Signatures;
    });

    private static void Configure(JwtBearerOptions options, ServerSetup setup)
    {
        options.Configuration = new OpenIdConnectConfiguration { Issuer = setup.Issuer };
        foreach (var key in Keys(setup))
        {
            options.Configuration.SigningKeys.Add(key);
        }

        options.TokenValidationParameters.ValidIssuer = setup.Issuer;
        options.TokenValidationParameters.ValidAudience = setup.Audience;
        options.TokenValidationParameters.ValidTypes = ["at+jwt"];
    }

    private static void AddOpenIddict(IServiceCollection services, ServerSetup setup)
    {
        services.AddAuthentication(OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme);
        services.AddOpenIddict().AddValidation(validation =>
        {
            var configuration = new OpenIddictConfiguration { Issuer = new Uri(setup.Issuer) };
            configuration.SigningKeys.AddRange(Keys(setup));
            validation.SetIssuer(setup.Issuer);
            validation.SetConfiguration(configuration);
            validation.AddAudiences(setup.Audience);
            validation.UseAspNetCore();
        });
    }

    private static IEnumerable<SecurityKey> Keys(ServerSetup setup) => setup.KeySets.SelectMany(static keys => new JsonWebKeySet(keys).GetSigningKeys());

    private static void Listen(KestrelServerOptions kestrel, X509Certificate2 certificate)
    {
        // A connection that waits for its turn among the rounds is not idle.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
        kestrel.Listen(IPAddress.Loopback, 0, listener =>
        {
            listener.Protocols = HttpProtocols.Http1AndHttp2;
            listener.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                https.ClientCertificateValidation = static (_, _, _) => true;
            });
        });
    }
}
