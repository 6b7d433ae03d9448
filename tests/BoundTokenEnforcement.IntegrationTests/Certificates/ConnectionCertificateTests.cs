using System.Net;
using System.Net.Http.Headers;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

public sealed class ConnectionCertificateTests
{
    // The connection feature has a setter and outlives the request: what one request writes, the next one reads.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Connection_AnEarlierRequestWroteACertificateIntoIt_OnlyTheHandshakeCounts(string version)
    {
        using var issuer = new TestTokenIssuer();
        using var alice = TestCertificates.SelfSigned("alice");
        var connections = new HashSet<string>();
        await using var host = await TlsApiHost.StartAsync(
            builder =>
            {
                builder.Services.AddAuthentication().AddJwtBearer(issuer.Configure);
                builder.Services.AddAuthorization();
                builder.Services.AddBoundTokenEnforcement();
            },
            app =>
            {
                app.Map("/write", (HttpContext context) =>
                {
                    connections.Add(context.Connection.Id);
                    context.Connection.ClientCertificate = alice;
                });
                app.Map("/", (HttpContext context) => context.Connection.Id).RequireAuthorization();
            });

        using var stranger = host.CreateClient(certificate: null, Version.Parse(version));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/write"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(stranger, "/"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(stranger, "/write"));
        Assert.Single(connections);

        using var owner = host.CreateClient(alice, Version.Parse(version));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(owner, "/"));

        async Task<HttpStatusCode> StatusAsync(HttpClient client, string path)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", issuer.BoundTo(alice));
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }
}
