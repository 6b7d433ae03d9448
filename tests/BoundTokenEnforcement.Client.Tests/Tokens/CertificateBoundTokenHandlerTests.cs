using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Time.Testing;

namespace BoundTokenEnforcement.Client.Tests;

/// <summary>Whole requests: token from the authorization server, through the guard, to an API that writes down what it sees.</summary>
public sealed class CertificateBoundTokenHandlerTests
{
    private static X509Certificate2 Certificate { get; } = TestCertificates.SelfSigned("client-1");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_WithoutAuthorization_GetsTheTokenAndItsCertificate()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        await using var client = NewClient(server, api);
        await client.Http.GetAsync(new Uri(api.Resource + "/things"), Cancellation);
        await client.Http.GetAsync(new Uri(api.Resource + "/things"), Cancellation);

        Assert.Equal(2, api.Requests.Count);
        Assert.All(api.Requests, request =>
        {
            Assert.Equal("Bearer " + Assert.Single(server.Given), request.Authorization);
            Assert.Equal(TestCertificates.Thumbprint(Certificate), request.Thumbprint);
        });
    }

    [Fact]
    public async Task Request_WithAuthorization_IsLeftAsItIsAndJudgedByTheGuard()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        await using var client = NewClient(server, api);
        using var own = Request(api, server.Tokens.BoundTo(Certificate));
        await client.Http.SendAsync(own, Cancellation);
        Assert.Equal(own.Headers.Authorization!.ToString(), Assert.Single(api.Requests).Authorization);

        using var unbound = Request(api, server.Tokens.Issue());
        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => client.Http.SendAsync(unbound, Cancellation));
        Assert.Equal(GuardFailure.TokenNotBound, refused.Failure);
        Assert.Single(api.Requests);
        Assert.Empty(server.TokenRequests);
    }

    [Fact]
    public async Task Request_NoTokenToBeHad_NothingIsSentAndItIsTold()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        server.Answer = answer => answer["access_token"] = server.Tokens.Issue();
        await using var api = await RecordingApi.StartAsync();
        await using var client = NewClient(server, api);
        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => client.Http.GetAsync(new Uri(api.Resource), Cancellation));
        Assert.Equal(GuardFailure.TokenNotBound, refused.Failure);
        Assert.Empty(api.Requests);
        Assert.Equal(1, client.Metrics.Sum(BoundTokenGuardTelemetry.RefusalsCounterName, BoundTokenGuardTelemetry.FailureTag, nameof(GuardFailure.TokenNotBound)));
        Assert.Contains(client.Logs.Records, record => record.EventId.Id == 300 + (int)GuardFailure.TokenNotBound);
    }

    [Theory]
    [InlineData(401, "Bearer error=\"invalid_token\"", true)]
    [InlineData(401, "Basic realm=\"x\", bearer realm=\"y\", error=\"invalid_token\"", true)]
    [InlineData(401, "Bearer realm=\"x\"", false)]
    [InlineData(401, "Bearer error=\"insufficient_scope\"", false)]
    [InlineData(401, "DPoP error=\"invalid_token\"", false)]
    [InlineData(401, "Bearer error=\"invalid_token", false)]
    [InlineData(403, "Bearer error=\"invalid_token\"", false)]
    public async Task Response_SaysInvalidToken_NextRequestGetsANewOne(int status, string challenge, bool renewed)
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        api.Answer = response =>
        {
            response.StatusCode = status;
            response.Headers.WWWAuthenticate = challenge;
        };
        await using var client = NewClient(server, api);
        using var response = await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        Assert.Equal(status, (int)response.StatusCode);

        // Not repeated by us.
        Assert.Single(api.Requests);
        Assert.Single(server.TokenRequests);
        await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        Assert.Equal(renewed ? 2 : 1, server.TokenRequests.Count);
        Assert.Equal(renewed, api.Requests[0].Authorization != api.Requests[1].Authorization);
    }

    [Theory]
    [InlineData(4, 2)]
    [InlineData(5, 3)]
    public async Task Response_AlwaysSaysInvalidToken_AuthorizationServerIsSpared(int seconds, int tokens)
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        api.Answer = RefuseTheToken;
        await using var client = NewClient(server, api, clock: clock);
        for (var i = 0; i < 20; i++)
        {
            await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        }

        clock.Advance(TimeSpan.FromSeconds(seconds));
        await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        Assert.Equal(tokens, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Request_SentAgainByAnOuterHandler_GetsTheNewToken()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        api.Answer = response =>
        {
            if (api.Requests.Count == 1)
            {
                RefuseTheToken(response);
            }
        };
        await using var client = NewClient(server, api);
        using var again = new SendAgain { InnerHandler = client.Handler };
        using var invoker = new HttpMessageInvoker(again);
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Resource);
        using var response = await invoker.SendAsync(request, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(server.Given.Select(token => $"Bearer {token}"), api.Requests.Select(seen => seen.Authorization));
        Assert.Equal(2, server.Given.Count);
    }

    [Fact]
    public async Task Certificate_ChangedUnderLoad_NoRequestHasAMixedPair()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        X509Certificate2[] certificates = [Certificate, TestCertificates.SelfSigned("client-1"), TestCertificates.SelfSigned("client-1")];
        var provider = new SwitchedCertificate(certificates[0]);
        await using var client = new TokenClient(server.Issuer, provider, api.Resource);
        _ = client.Http;
        var sent = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation }, async (_, token) =>
        {
            // Changes at the 200th and the 400th request, in the midst of others.
            provider.Current = certificates[Math.Min(Interlocked.Increment(ref sent) / 200, 2)];
            using var request = new HttpRequestMessage(HttpMethod.Get, api.Resource);
            using var response = await client.Http.SendAsync(request, token);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        });

        Assert.Equal(600, api.Requests.Count);
        Assert.Equal(3, api.Requests.Select(request => request.Thumbprint).Distinct().Count());
        Assert.All(api.Requests, request => Assert.Equal(request.Thumbprint, BindingOf(request.Authorization!)));
        Assert.Equal(3, server.TokenRequests.Count);
    }

    [Fact]
    public async Task Token_NeverInLogsActivitiesOrExceptions()
    {
        var activities = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        api.Answer = RefuseTheToken;
        await using var client = NewClient(server, api);
        using var outer = new Activity("test").Start();
        await client.Http.GetAsync(new Uri(api.Resource), Cancellation);
        server.Answer = answer => answer["access_token"] = server.Tokens.Issue();
        var refused = await Assert.ThrowsAsync<BoundTokenGuardException>(() => client.Http.GetAsync(new Uri(api.Resource), Cancellation));
        outer.Stop();

        Assert.Equal(2, server.Given.Count);
        client.Logs.AssertContainsNone([.. server.Given]);
        var told = refused + string.Concat(activities.SelectMany(activity => activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value} ")));
        Assert.Contains(nameof(GuardFailure.TokenNotBound), told, StringComparison.Ordinal);
        Assert.All(server.Given, token => Assert.DoesNotContain(token.Split('.')[1], told, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_Synchronous_NotSupported()
    {
        await using var server = await ScriptedAuthorizationServer.StartAsync();
        await using var api = await RecordingApi.StartAsync();
        await using var client = NewClient(server, api);
        using var request = new HttpRequestMessage(HttpMethod.Get, api.Resource);
        Assert.Throws<NotSupportedException>(() => client.Http.Send(request, Cancellation));
        Assert.Empty(api.Requests);
    }

    private static TokenClient NewClient(ScriptedAuthorizationServer server, RecordingApi api, TimeProvider? clock = null) =>
        new(server.Issuer, new SwitchedCertificate(Certificate), api.Resource, clock: clock);

    private static HttpRequestMessage Request(RecordingApi api, string token) =>
        new(HttpMethod.Get, api.Resource) { Headers = { Authorization = new("Bearer", token) } };

    private static void RefuseTheToken(Microsoft.AspNetCore.Http.HttpResponse response)
    {
        response.StatusCode = 401;
        response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
    }

    private static string BindingOf(string authorization)
    {
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(authorization.Split('.')[1]);
        return System.Text.Json.Nodes.JsonNode.Parse(payload)!["cnf"]!["x5t#S256"]!.GetValue<string>();
    }

    private sealed class SendAgain : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var first = await base.SendAsync(request, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
