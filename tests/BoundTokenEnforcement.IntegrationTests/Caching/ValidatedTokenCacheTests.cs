using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>The validated-token cache behind real TLS: what is remembered of a token says nothing about the connection it comes over.</summary>
public sealed class ValidatedTokenCacheTests
{
    private const int Requests = 1_000;

    private static readonly GuardedSetup Cached = new() { After = static (builder, _) => builder.Services.AddValidatedTokenCache() };

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task SameToken_ThousandTimesOverAnothersConnection_OnlyItsOwnPasses(string version)
    {
        await using var api = await GuardedApi.StartAsync(Cached);
        var token = api.Issuer.BoundTo(api.A);
        HttpClient[] clients = [Client(api, api.A, version), Client(api, api.B, version), Client(api, null, version)];

        // Twice as many: every second one comes over its own.
        await Parallel.ForAsync(0, 2 * Requests, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (number, _) =>
        {
            var client = number % 2 == 0 ? 0 : 1 + (number / 2 % 2);
            var answer = await api.SendAsync(clients[client], token);
            if (client == 0)
            {
                Assert.Equal(TestCertificates.Thumbprint(api.A), answer.AssertIn().Body.Split(' ')[1]);
            }
            else
            {
                answer.AssertRefused();
            }
        });

        Assert.Equal(Requests, api.Entered);
        Assert.Equal(1, Sum(api, ValidatedTokenCacheTelemetry.MissesCounterName));
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    [Fact]
    public async Task Tokens_OfManyClients_EachStaysWithItsOwn()
    {
        const int Clients = 20;
        await using var api = await GuardedApi.StartAsync(Cached);
        var certificates = Enumerable.Range(0, Clients).Select(number => TestCertificates.SelfSigned($"client-{number}")).ToArray();
        var tokens = certificates.Select((certificate, number) => api.Issuer.BoundTo(certificate, claims => claims["jti"] = $"token-{number}")).ToArray();
        var clients = certificates.Select(certificate => Client(api, certificate, "1.1")).ToArray();

        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 20 }, async (number, _) =>
        {
            var (client, token) = (number % Clients, number / Clients % 2 == 0 ? number % Clients : number * 7 % Clients);
            var answer = await api.SendAsync(clients[client], tokens[token]);
            if (client == token)
            {
                Assert.Equal($"token-{token} {TestCertificates.Thumbprint(certificates[client])}", answer.AssertIn().Body);
            }
            else
            {
                answer.AssertRefused();
            }
        });

        Assert.Equal(Clients, Sum(api, ValidatedTokenCacheTelemetry.MissesCounterName));
        foreach (var disposable in clients.Cast<IDisposable>().Concat(certificates))
        {
            disposable.Dispose();
        }
    }

    [Fact]
    public async Task Token_TamperedWithAfterItWasRemembered_IsRefused()
    {
        await using var api = await GuardedApi.StartAsync(Cached);
        using var client = api.Client(api.A);
        var token = api.Issuer.BoundTo(api.A);
        (await api.SendAsync(client, token)).AssertIn();

        for (var bit = 0; bit < 64 * 8; bit++)
        {
            (await api.SendAsync(client, JwtTamper.FlipSignatureBit(token, bit / 8, bit % 8))).AssertRefused();
        }

        (await api.SendAsync(client, token)).AssertIn();
        Assert.Equal(1, Sum(api, ValidatedTokenCacheTelemetry.HitsCounterName));
    }

    [Fact]
    public async Task Key_Withdrawn_ItsTokensAreRefusedOnOpenConnections()
    {
        JwtBearerOptions? options = null;
        await using var api = await GuardedApi.StartAsync(Cached with
        {
            Before = (builder, _) => builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, jwt => options = jwt),
        });
        using var client = api.Client(api.A);
        var token = api.Issuer.BoundTo(api.A);
        (await api.SendAsync(client, token)).AssertIn();
        (await api.SendAsync(client, token)).AssertIn();

        var key = options!.Configuration!.SigningKeys.Single();
        options.Configuration.SigningKeys.Clear();
        (await api.SendAsync(client, token)).AssertRefused();
        (await api.SendAsync(client, token)).AssertRefused();

        options.Configuration.SigningKeys.Add(key);
        (await api.SendAsync(client, token)).AssertIn();
    }

    private static HttpClient Client(GuardedApi api, X509Certificate2? certificate, string version) =>
        api.Host.CreateClient(new TlsClientOptions { Certificate = certificate, AllowTlsResume = false }, Version.Parse(version));

    private static double Sum(GuardedApi api, string counter) => api.Host.Metrics.Of(counter).Sum(measured => measured.Value);
}
