using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class BoundTokenTests
{
    private static readonly X509Certificate2 A = TestCertificates.SelfSigned("alice");
    private static readonly X509Certificate2 B = TestCertificates.SelfSigned("mallory");

    [Fact]
    public async Task Request_TokenAndCertificateBelongTogether_ReachesTheEndpoint()
    {
        var issuer = new TestTokenIssuer();
        await using var host = await StartAsync(issuer);

        using var response = await SendAsync(host, A, issuer.BoundTo(A));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Request_NoCertificateOrAnotherOne_IsRefused()
    {
        var issuer = new TestTokenIssuer();
        await using var host = await StartAsync(issuer);

        using var without = await SendAsync(host, null, issuer.BoundTo(A));
        using var other = await SendAsync(host, B, issuer.BoundTo(A));

        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
        Assert.Equal("""Bearer error="invalid_token", error_description="The access token is not valid for this request" """.TrimEnd(), without.Headers.WwwAuthenticate.ToString());
    }

    private static Task<TlsApiHost> StartAsync(TestTokenIssuer issuer) => TlsApiHost.StartAsync(
        builder =>
        {
            builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
            builder.Services.AddAuthorization();
            builder.Services.AddBoundTokenEnforcement();
        },
        app => app.MapGet("/", () => "reached").RequireAuthorization());

    private static async Task<HttpResponseMessage> SendAsync(TlsApiHost host, X509Certificate2? certificate, string token)
    {
        using var client = host.CreateClient(certificate);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
