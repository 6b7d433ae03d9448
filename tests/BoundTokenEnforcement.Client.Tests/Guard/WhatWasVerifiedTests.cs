using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.Client.Tests.Connections;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>What was verified is what is used: the request as it was, the options as they were, the protocol that both sides agreed on.</summary>
public sealed class WhatWasVerifiedTests
{
    // The sockets read the message only after the handshake.
    [Fact]
    public async Task Request_IsChangedDuringTheHandshake_IsSentAsItWasVerified()
    {
        HttpRequestMessage? sent = null;
        var handshakes = 0;
        await using var guard = GuardFixture.Start(server: new()
        {
            AskNow = () =>
            {
                if (Interlocked.Increment(ref handshakes) == 2)
                {
                    sent!.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "another-token");
                    sent.Headers.Host = "evil.example";
                    sent.RequestUri = new Uri(sent.RequestUri!, "/outside");
                    sent.Method = HttpMethod.Delete;
                }

                return true;
            },
        });
        using var request = sent = guard.Request();
        request.Headers.Add("X-Own", ["a", "b"]);

        using var response = await guard.Client().SendAsync(request, TestContext.Current.CancellationToken);

        var arrived = Assert.Single(guard.ApiRequests);
        Assert.Equal("/api", arrived.Target);
        Assert.Equal("GET", arrived.Method);
        Assert.Equal($"Bearer {guard.Token}", arrived.Header("Authorization"));
        Assert.Equal($"localhost:{guard.Server.Port}", arrived.Header("Host"));
        Assert.Equal("a, b", arrived.Header("X-Own"));
        Assert.Same(request, response.RequestMessage);
    }

    public static TheoryData<string> LateChanges => ["issuers", "loopback", "connections", "metadata", "resource"];

    [Theory]
    [MemberData(nameof(LateChanges))]
    public async Task Options_AreChangedAfterTheStart_HaveNoEffect(string what)
    {
        await using var guard = GuardFixture.Start(options => options.ClientCertificates = new SwitchedCertificate(GuardFixture.Certificate));
        var options = guard.Services.GetRequiredService<IOptionsMonitor<BoundTokenGuardOptions>>().Get(GuardFixture.Name);
        switch (what)
        {
            case "issuers":
                options.AllowedIssuers.Add("https://evil.test");
                break;
            case "loopback":
                options.AllowLoopback = false;
                break;
            case "connections":
                options.Connections.MaxConnectionsPerServer = -1;
                options.Connections.Proxy = new WebProxy("http://127.0.0.1:9");
                break;
            case "metadata":
                options.Metadata.Issuer = "https://evil.test";
                options.Metadata.MinLifetime = TimeSpan.FromDays(100);
                break;
            default:
                options.Resource = "https://evil.test";
                break;
        }

        await guard.ArrivesAsync();
        using var evil = new TestTokenIssuer { Issuer = "https://evil.test" };
        guard.Token = evil.BoundTo(GuardFixture.Certificate);
        await guard.RefusedAsync(GuardFailure.IssuerNotAllowed);
    }

    // One node of a cluster without HTTP/2, another one with it: SocketsHttpHandler no longer uses HTTP/2 after the first, so it must not be offered to the second.
    [Fact]
    public async Task Http2Exact_MeetsAServerWithoutIt_LaterRequestsStillArrive()
    {
        await using var older = ScriptedTlsServer.Start(new() { AskForCertificate = true, ServerCertificate = Localhost.ServerCertificate });
        await using var newer = await KestrelResource.StartAsync(http: HttpProtocols.Http1AndHttp2);
        await using var balancer = new Relay(() => older.Port);
        var resource = $"https://localhost:{balancer.Port}/api";
        older.Answer = _ => ScriptedAnswer.Json($$"""{ "resource": "{{resource}}", "authorization_servers": ["{{TestTokenIssuer.DefaultIssuer}}"], {{GuardFixture.Supported}} }""", "Connection: close");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddHttpClient("api").AddBoundTokenGuard(options =>
        {
            options.Resource = resource;
            options.AllowLoopback = true;
            options.AllowedIssuers.Add(TestTokenIssuer.DefaultIssuer);
            options.ServerCertificateChainPolicy = Localhost.Trust();
            options.ClientCertificate = GuardFixture.Certificate;
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("api");

        await Assert.ThrowsAsync<HttpRequestException>(() => SendAsync(HttpVersionPolicy.RequestVersionExact));
        balancer.To = () => new Uri(newer.Resource).Port;

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpVersionPolicy.RequestVersionOrLower));
        }

        Assert.All(newer.Requests, static request => Assert.Equal("HTTP/1.1", request.Path));

        async Task<HttpStatusCode> SendAsync(HttpVersionPolicy policy)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, resource) { Version = HttpVersion.Version20, VersionPolicy = policy };
            request.Headers.Authorization = new("Bearer", GuardFixture.Tokens.BoundTo(GuardFixture.Certificate));
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
    }

    // As without the guard: resilience handlers look at it.
    [Fact]
    public async Task Handshake_Fails_TheErrorIsThatOfTls()
    {
        var handshakes = 0;
        await using var guard = GuardFixture.Start(server: new() { AskNow = () => Interlocked.Increment(ref handshakes) > 1 ? throw new AuthenticationException("No.") : true });

        var thrown = await Assert.ThrowsAsync<HttpRequestException>(() => guard.SendAsync());

        Assert.Equal(HttpRequestError.SecureConnectionError, thrown.HttpRequestError);
    }

    [Fact]
    public async Task Policy_WithAVerificationTime_IsAFault()
    {
        await using var guard = GuardFixture.Start(static options => options.ServerCertificateChainPolicy = new X509ChainPolicy { VerificationTime = DateTime.UnixEpoch });

        var thrown = Assert.Throws<OptionsValidationException>(() => guard.Client());

        Assert.Contains("VerificationTime", thrown.Message, StringComparison.Ordinal);
    }
}
