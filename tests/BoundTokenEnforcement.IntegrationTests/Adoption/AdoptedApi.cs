using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BoundTokenEnforcement.IntegrationTests.Adoption;

/// <summary>An application of somebody else's, on real TLS, with the library added.</summary>
internal sealed class AdoptedApi : IAsyncDisposable
{
    private AdoptedApi(TlsApiHost host, TestTokenIssuer issuer) => (Host, Issuer) = (host, issuer);

    internal X509Certificate2 A { get; } = TestCertificates.SelfSigned("alice");

    internal X509Certificate2 B { get; } = TestCertificates.SelfSigned("mallory");

    internal TlsApiHost Host { get; }

    internal TestTokenIssuer Issuer { get; }

    internal BoundTokenAuditReport Report { get; private set; } = null!;

    internal static async Task<AdoptedApi> StartAsync(
        Action<WebApplicationBuilder, TestTokenIssuer> configure, Action<WebApplication> map, Action<BoundTokenEnforcementOptions>? enforcement = null)
    {
        var issuer = new TestTokenIssuer(TestSigningKey.RS256());
        var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Logging.SetMinimumLevel(LogLevel.Information);
                configure(builder, issuer);
                builder.Services.AddBoundTokenEnforcement(enforcement ?? (static _ => { }));
            },
            map);
        return new AdoptedApi(host, issuer) { Report = await host.Services.GetRequiredService<IBoundTokenAudit>().RunAsync(TestContext.Current.CancellationToken) };
    }

    /// <summary>The owner of a bound token gets in; with the same token, nobody else does.</summary>
    internal async Task EnforcesAsync(Func<HttpRequestMessage> request, Action<JsonObject>? claims = null)
    {
        var token = Issuer.BoundTo(A, claims ?? (static _ => { }));
        var (owner, _) = await SendAsync(request(), A, token);
        Assert.True(owner == HttpStatusCode.OK, $"{owner}: {string.Join('\n', Host.Logs.Records.Select(static log => log.Message).TakeLast(10))}");
        foreach (var certificate in new[] { null, B })
        {
            var (status, _) = await SendAsync(request(), certificate, token);
            FailOpen.Count((int)status < 400);
            Assert.Equal(HttpStatusCode.Unauthorized, status);
        }
    }

    internal Task EnforcesAsync(string path, Action<JsonObject>? claims = null) => EnforcesAsync(() => new HttpRequestMessage(HttpMethod.Get, path), claims);

    internal async Task<(HttpStatusCode Status, HttpResponseHeaders Headers)> SendAsync(HttpRequestMessage request, X509Certificate2? certificate, string? token)
    {
        using var client = Host.CreateClient(certificate);
        using (request)
        {
            request.Headers.Authorization ??= token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (response.StatusCode, response.Headers);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Issuer.Dispose();
        A.Dispose();
        B.Dispose();
    }
}
