using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, many requests at once: each is judged by its own connection and its own token.</summary>
public sealed class InterleavedTests
{
    private const int Streams = 100;
    private const int Requests = 10_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // AC-021
    [Fact]
    [Requirement("AC-021", "R8705-3-5")]
    public async Task Http2_HundredStreamsOnOneConnection_NoneCrossed()
    {
        var inside = 0;
        var allInside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Map = (app, api) => app.MapGet("/together", async (HttpContext context) =>
            {
                // Nobody leaves before all are there: so many streams were open at the same time.
                if (Interlocked.Increment(ref inside) == Streams / 2)
                {
                    allInside.SetResult();
                }

                await allInside.Task.WaitAsync(Patience);
                return api.Enter(context);
            }).RequireAuthorization(),
        });
        var tap = new HandshakeTap();
        using var client = api.Host.CreateClient(new TlsClientOptions { Certificate = api.A, Transport = tap.Attach }, HttpVersion.Version20);
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i =>
        {
            var id = $"token-{i}";
            var token = api.Issuer.BoundTo(i % 2 == 0 ? api.A : api.B, claims => claims["jti"] = id);
            return (Id: id, IsOurs: i % 2 == 0, Answer: await api.SendAsync(client, token, r => r.RequestUri = new Uri("/together", UriKind.Relative)));
        }));

        foreach (var (id, isOurs, answer) in answers)
        {
            AssertJudged(answer, isOurs, id, api.A);
        }

        Assert.Equal(1 + (Streams / 2), api.Entered);
        Assert.Equal(1, tap.Count);
    }

    // AC-022
    [Fact]
    [Requirement("AC-022")]
    public async Task TwoConnections_ShuffledRequests_EachJudgedByItsOwn()
    {
        await using var api = await GuardedApi.StartAsync();
        var taps = new[] { new HandshakeTap(), new HandshakeTap() };
        X509Certificate2[] certificates = [api.A, api.B];
        HttpClient[] clients =
        [
            .. certificates.Zip(taps, (certificate, tap) =>
                api.Host.CreateClient(new TlsClientOptions { Certificate = certificate, Transport = tap.Attach }, HttpVersion.Version20)),
        ];
        var tokens = certificates.Select(certificate => Enumerable.Range(0, 50).Select(_ => api.Issuer.BoundTo(certificate)).ToArray()).ToArray();
        var work = Enumerable.Range(0, Requests).Select(i => (Connection: i & 1, Token: i >> 1 & 1, Number: (i >> 2) % 50)).ToArray();
        new Random(22).Shuffle(work);
        foreach (var client in clients)
        {
            // Afterwards there is a connection, and no second one is needed.
            await api.SendAsync(client, null);
        }

        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = 40 }, async (item, _) =>
        {
            var token = tokens[item.Token][item.Number];
            var answer = await api.SendAsync(clients[item.Connection], token);
            AssertJudged(answer, item.Connection == item.Token, JwtTamper.PayloadOf(token)["jti"]!.GetValue<string>(), certificates[item.Connection]);
        });

        Assert.Equal(Requests / 2, api.Entered);
        Assert.All(taps, tap => Assert.Equal(1, tap.Count));
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }

    // AC-023
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("AC-023")]
    public async Task KeepAlive_AnothersTokenOnTheSameConnection_Refused(string version)
    {
        await using var api = await GuardedApi.StartAsync();
        var tap = new HandshakeTap();
        using var client = api.Host.CreateClient(new TlsClientOptions { Certificate = api.A, Transport = tap.Attach }, Version.Parse(version));

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
        (await api.SendAsync(client, api.Issuer.BoundTo(api.B))).AssertRefused();
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();

        Assert.Equal(1, tap.Count);
    }

    private static void AssertJudged(GuardedAnswer answer, bool isOurs, string tokenId, X509Certificate2 certificate)
    {
        if (isOurs)
        {
            Assert.Equal($"{tokenId} {TestCertificates.Thumbprint(certificate)}", answer.AssertIn().Body);
        }
        else
        {
            answer.AssertRefused();
        }
    }
}
