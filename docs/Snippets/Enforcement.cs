using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.Snippets;

internal static class Enforcement
{
    internal static void Adopt(WebApplicationBuilder builder)
    {
        #region adopt
        builder.Services.AddAuthentication().AddJwtBearer();
        builder.Services.AddBoundTokenEnforcement();
        #endregion
    }

    internal static void AskInOwnDefaults(WebApplicationBuilder builder)
    {
        #region own-https-defaults
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            // whatever you had here
            https.RequestClientCertificate();
        }));
        #endregion
    }

    internal static void AcceptUnbound(WebApplicationBuilder builder)
    {
        #region when-bound
        builder.Services.AddBoundTokenEnforcement(o => o.Requirement = BindingRequirement.WhenBound);
        #endregion
    }

    internal static void LimitKeys(WebApplicationBuilder builder)
    {
        #region keys
        builder.Services.AddBoundTokenEnforcement(o =>
        {
            o.SigningKeys.MaxAge = TimeSpan.FromHours(4);
            o.SigningKeys.AttemptTimeout = TimeSpan.FromSeconds(5);
        });
        #endregion
    }

    internal static void LeaveOneOut(WebApplicationBuilder builder)
    {
        #region leave-unguarded
        builder.Services.AddAuthentication().AddJwtBearer().AddJwtBearer("Legacy");
        builder.Services.AddBoundTokenEnforcement(o => o.ExemptScheme("Legacy", reason: "its authorization server cannot bind tokens"));
        #endregion
    }

    internal static void ReadTheBinding(WebApplication app)
    {
        #region read-binding
        app.MapGet("/binding", (HttpContext http) =>
            http.Features.Get<IBoundTokenFeature>()?.Binding is { } binding
                ? $"{binding.Source}: {binding.Thumbprint}"
                : "not bound").RequireAuthorization();
        #endregion
    }

    internal static void DemandPerEndpoint(WebApplication app)
    {
        #region per-endpoint
        app.MapPost("/payments", () => "paid").RequireBoundToken();
        app.MapGet("/prices", () => "cheap").RequireAuthorization().AllowUnboundToken();
        #endregion
    }

    internal static void JudgeInHandler(WebApplicationBuilder builder)
    {
        #region judged-by-handler
        builder.Services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, OpaqueTokenHandler>("Opaque", null);
        builder.Services.AddBoundTokenEnforcement(o => o.EnforcedByHandler("Opaque"));
        #endregion
    }

    internal static void DeclareApiKeys(WebApplicationBuilder builder)
    {
        #region accepts-no-access-tokens
        builder.Services.AddBoundTokenEnforcement(o => o.AcceptsNoAccessTokens("ApiKey"));
        #endregion
    }

    internal static void DeclareOpenIddict(WebApplicationBuilder builder)
    {
        #region verifies-bindings
        builder.Services.AddBoundTokenEnforcement(o => o.VerifiesBindings("OpenIddict.Validation.AspNetCore"));
        #endregion
    }

    internal static void OnlyReport(WebApplicationBuilder builder)
    {
        #region report-only-scheme
        builder.Services.AddAuthentication().AddJwtBearer().AddJwtBearer("Partners");
        builder.Services.AddBoundTokenEnforcement(o => o.ReportOnly("Partners"));
        #endregion
    }

    internal static void CheckTheChainToo(WebApplicationBuilder builder)
    {
        #region certificate-scheme
        builder.Services.AddBoundTokenEnforcement(o => o.CertificateAuthenticationScheme = "Certificate");
        #endregion
    }

    internal static void AskLate(WebApplicationBuilder builder)
    {
        #region late-certificates
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.DelayCertificate;
            https.RequestClientCertificate();
        }));
        builder.Services.AddBoundTokenEnforcement(o => o.NegotiateDelayedCertificates = true);
        #endregion
    }

    internal static void RaiseAlarms(WebApplicationBuilder builder, Func<string, ValueTask> alarm)
    {
        #region on-refused
        builder.Services.AddBoundTokenEnforcement(o => o.OnRejected = refusal =>
            refusal.Failure is BindingFailure.CertificateMismatch or BindingFailure.CertificateMissing
                ? alarm($"{(refusal.IsTokenValidated ? "Stolen" : "Stolen or forged")}? {refusal.ClientId}, bound to {refusal.Expected}, sent by {refusal.Presented}")
                : ValueTask.CompletedTask);
        #endregion
    }

    internal static async Task PrintTheAuditAsync(WebApplication app, CancellationToken cancellationToken)
    {
        #region audit
        var report = await app.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(cancellationToken);
        Console.WriteLine(report);
        #endregion
    }

    internal static WebApplication CheckHealth(WebApplicationBuilder builder)
    {
        #region health-check
        builder.Services.AddHealthChecks().AddBoundTokenEnforcement();
        builder.Services.AddOutputCache();

        var app = builder.Build();
        app.UseOutputCache();
        app.MapHealthChecks("/health").CacheOutput(cache => cache.Expire(TimeSpan.FromMinutes(1)));
        #endregion
        return app;
    }

    internal static void TokensInTheQuery(WebApplicationBuilder builder)
    {
        #region query-tokens
        builder.Services.AddAuthentication().AddJwtBearer(jwt => jwt.Events = new JwtBearerEvents
        {
            OnMessageReceived = context =>
            {
                if (context.Request.Path.StartsWithSegments("/chat") && !context.Request.Headers.ContainsKey("Authorization"))
                {
                    context.Token = context.Request.Query["access_token"];
                }

                return Task.CompletedTask;
            },
        });
        #endregion
    }

    internal static void CorsBeforeAll(WebApplicationBuilder builder)
    {
        #region cors-before-all
        builder.Services.AddCors();
        builder.Services.AddBoundTokenEnforcement();
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter, CorsFirst>());
        #endregion
    }
}

#region cors-first
internal sealed class CorsFirst : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseCors(policy => policy.WithOrigins("https://app.example").WithHeaders("Authorization"));
        next(app);
    };
}
#endregion
