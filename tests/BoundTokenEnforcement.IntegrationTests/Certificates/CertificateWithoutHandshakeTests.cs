using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Where TLS is not Kestrel's own, what is written into a request or a connection is no proof.</summary>
public sealed class CertificateWithoutHandshakeTests
{
    private static readonly X509Certificate2 Stranger = TestCertificates.SelfSigned("stranger");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PlainHttp_LateCertificateForwardedInAHeader_IsNoProof(bool late)
    {
        var issuer = new TestTokenIssuer();
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
                builder.Services.AddAuthorization();
                builder.Services.AddCertificateForwarding(o => o.CertificateHeader = "X-Client-Cert");
                builder.Services.AddBoundTokenEnforcement(o =>
                {
                    o.NegotiateDelayedCertificates = late;
                    o.Audit = AuditFailureBehavior.Log;
                });
            },
            app =>
            {
                app.UseCertificateForwarding();
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/", () => "entered").RequireAuthorization();
            },
            (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Port}") };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-Client-Cert", Convert.ToBase64String(Stranger.Export(X509ContentType.Cert)));
        request.Headers.Add("Authorization", $"Bearer {issuer.BoundTo(Stranger)}");

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    // A connection middleware of the application ends TLS: its feature lives as long as the connection.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OwnConnectionMiddleware_CertificateWrittenInOneRequest_IsNoProofInTheNext(bool ownFeature)
    {
        var issuer = new TestTokenIssuer();
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
                builder.Services.AddAuthorization();
                builder.Services.AddBoundTokenEnforcement(o => o.Audit = AuditFailureBehavior.Log);
            },
            app =>
            {
                app.Use((context, next) =>
                {
                    if (context.Request.Headers.TryGetValue("X-Client-Cert", out var header))
                    {
                        context.Connection.ClientCertificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(header.ToString()));
                    }

                    return next(context);
                });
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/", () => "entered").RequireAuthorization();
            },
            (kestrel, _) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                if (ownFeature)
                {
                    listener.Use(next => connection =>
                    {
                        connection.Features.Set<ITlsConnectionFeature>(new OwnTls());
                        return next(connection);
                    });
                }
            }));
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = new Uri($"http://127.0.0.1:{host.Port}") };
        using var first = new HttpRequestMessage(HttpMethod.Get, "/");
        first.Headers.Add("X-Client-Cert", Convert.ToBase64String(Stranger.Export(X509ContentType.Cert)));
        (await client.SendAsync(first, TestContext.Current.CancellationToken)).Dispose();
        using var second = new HttpRequestMessage(HttpMethod.Get, "/");
        second.Headers.Add("Authorization", $"Bearer {issuer.BoundTo(Stranger)}");

        using var answer = await client.SendAsync(second, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private sealed class OwnTls : ITlsConnectionFeature
    {
        public X509Certificate2? ClientCertificate { get; set; }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
