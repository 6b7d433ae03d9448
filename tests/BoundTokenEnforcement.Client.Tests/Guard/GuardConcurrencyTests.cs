using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-106 and AC-109: many requests at once.</summary>
[Requirement("AC-106", "AC-109")]
public sealed class GuardConcurrencyTests
{
    private static readonly Version Http2 = HttpVersion.Version20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstCalls_AThousandAtOnce_OneFetch()
    {
        await using var server = await KestrelResource.StartAsync();
        await using var client = new KestrelClient(server);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Gate = gate.Task;
        using var impatience = new CancellationTokenSource();

        var impatient = SendAsync(client, impatience.Token);
        var patient = Enumerable.Range(0, 1000).Select(_ => SendAsync(client, Cancellation)).ToList();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        gate.SetResult();

        Assert.All(await Task.WhenAll(patient), static status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal(1, server.Fetches);
        Assert.Equal(1000, server.Requests.Count);
    }

    // Six certificates within about two seconds: more than pools are kept. A token that we obtained brings its certificate along; for one of somebody else
    // the provider may be a step ahead, and then nothing is sent.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Certificate_ChangesUnderLoad_TokenAndCertificateAlwaysMatch(bool obtained)
    {
        const int Requests = 1000;
        var certificates = Enumerable.Range(0, 6).Select(static i => TestCertificates.SelfSigned($"client-{i}")).ToList();
        var tokens = certificates.ToDictionary(static certificate => certificate, static certificate => GuardFixture.Tokens.BoundTo(certificate));
        var provider = new SwitchedCertificate(certificates[0]);
        await using var server = await KestrelResource.StartAsync();
        await using var client = new KestrelClient(server, provider);
        var (sent, refused) = (0, 0);
        var began = Stopwatch.GetTimestamp();

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Cancellation }, async (_, cancellation) =>
        {
            var certificate = provider.Current;
            await Task.Yield();
            provider.Current = certificates[Math.Min(Interlocked.Increment(ref sent) * certificates.Count / Requests, certificates.Count - 1)];
            using var request = client.Request(Http2, tokens[certificate]);
            if (obtained)
            {
                new ObtainedToken(tokens[certificate], TestTokenIssuer.DefaultIssuer, ClientCertificate.Checked(certificate, TimeProvider.System), client.Guard).PutInto(request);
            }

            try
            {
                using var response = await client.Http.SendAsync(request, cancellation);
                Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            }
            catch (BoundTokenGuardException e) when (!obtained && e.Failure == GuardFailure.TokenOfAnotherCertificate)
            {
                Interlocked.Increment(ref refused);
            }
        });

        var perSecond = Requests / Stopwatch.GetElapsedTime(began).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage($"{perSecond:F0} requests/s, {refused} refused");
        TestContext.Current.AddAttachment("rate", $"{perSecond:F0} requests/s, {refused} refused");
        Assert.Equal(Requests - refused, server.Requests.Count);
        Assert.All(server.Requests, static seen => Assert.Equal(seen.Thumbprint, BindingOf(seen.Authorization!)));
        Assert.Equal(certificates.Count, server.Requests.Select(static seen => seen.Thumbprint).Distinct().Count());
        Assert.True(refused < Requests / 4, $"{refused} refused");
    }

    [Fact]
    public async Task Certificate_ChangesDuringARequest_ItEndsOnTheOldPair()
    {
        using var second = TestCertificates.SelfSigned("second");
        var provider = new SwitchedCertificate(GuardFixture.Certificate);
        await using var guard = GuardFixture.Start(options => options.ClientCertificates = provider);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        guard.Api = _ => guard.ApiRequests.Count == 1 ? ScriptedAnswer.After(gate.Task, ScriptedAnswer.Status(200)) : ScriptedAnswer.Status(200);
        var first = guard.SendAsync();
        await guard.Server.WaitForRequestAsync(2);

        provider.Current = second;
        await guard.RefusedAsync(GuardFailure.TokenOfAnotherCertificate);
        guard.Token = GuardFixture.Tokens.BoundTo(second);
        await guard.ArrivesAsync();
        gate.SetResult();

        using var response = await first;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            [TestCertificates.Thumbprint(GuardFixture.Certificate), TestCertificates.Thumbprint(second)],
            guard.ApiRequests.Select(static request => request.Connection.ClientThumbprint));
    }

    private static async Task<HttpStatusCode> SendAsync(KestrelClient client, CancellationToken cancellationToken)
    {
        using var request = client.Request(Http2);
        using var response = await client.Http.SendAsync(request, cancellationToken);
        return response.StatusCode;
    }

    private static string BindingOf(string authorization) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(authorization.Split('.')[1]))!["cnf"]!["x5t#S256"]!.GetValue<string>();
}
