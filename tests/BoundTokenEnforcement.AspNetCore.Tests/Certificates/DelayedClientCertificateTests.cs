using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.AspNetCore.Tests.Certificates;

/// <summary>What arrives late counts only if a handshake of Kestrel gave it.</summary>
public sealed class DelayedClientCertificateTests
{
    [Fact]
    [Requirement("R8705-1.2-1")]
    public async Task Certificate_ForwardedInAHeader_IsNoProof()
    {
        await using var api = await Api.StartAsync(
            [
                Api.Guarded(enforcement: o => o.NegotiateDelayedCertificates = true),
                builder => builder.Services.AddCertificateForwarding(o => o.CertificateHeader = "X-Client-Cert"),
            ],
            (api, app) =>
            {
                app.UseCertificateForwarding();
                app.UseAuthentication();
                app.UseAuthorization();
                api.MapProtected(app);
            });

        var answer = await api.SendAsync("/", context =>
        {
            context.Request.Headers["X-Client-Cert"] = Convert.ToBase64String(Api.A.Export(X509ContentType.Cert));
            context.Request.Headers.Authorization = $"Bearer {Api.Issuer.BoundTo(Api.A)}";
        });

        answer.IsUnauthorized();
    }

    [Fact]
    public async Task Certificate_SetByMiddleware_IsNoProof()
    {
        await using var api = await Api.StartAsync(
            [Api.Guarded(enforcement: o => o.NegotiateDelayedCertificates = true)],
            (api, app) =>
            {
                app.Use((context, next) =>
                {
                    context.Connection.ClientCertificate = Api.A;
                    return next(context);
                });
                app.UseAuthentication();
                app.UseAuthorization();
                api.MapProtected(app);
            });

        (await api.GetAsync(Api.Issuer.BoundTo(Api.A), null)).IsUnauthorized();
    }
}
