using System.Net;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>The guard stands innermost, or there is no client; what stands before it sees what it refuses.</summary>
public sealed class GuardWiringTests
{
    public static TheoryData<string> Replacements => ["primary", "sockets", "builder action"];

    [Theory]
    [MemberData(nameof(Replacements))]
    public async Task PrimaryHandler_ReplacedAfterwards_IsAnErrorAtFirstUse(string how)
    {
        await using var guard = GuardFixture.Start(build: builder => Replace(builder, how));
        Assert.Throws<InvalidOperationException>(guard.Client);
    }

    [Fact]
    public async Task PrimaryHandler_ReplacedByDefaultsForAll_GuardStays()
    {
        await using var guard = GuardFixture.Start(build: static builder =>
            builder.Services.ConfigureHttpClientDefaults(static all => all.ConfigurePrimaryHttpMessageHandler(static () => new HttpClientHandler())));
        await guard.ArrivesAsync();
    }

    [Fact]
    public void Guard_ForAllClientsAtOnce_IsAnError()
    {
        var services = new ServiceCollection();
        Assert.Throws<InvalidOperationException>(() => services.ConfigureHttpClientDefaults(static all => all.AddBoundTokenGuard(static _ => { })));
    }

    [Fact]
    public async Task OtherClients_AreNotTouched()
    {
        await using var server = ScriptedTlsServer.Start();
        await using var guard = GuardFixture.Start(build: static builder =>
            builder.Services.AddHttpClient("other").ConfigurePrimaryHttpMessageHandler(static () => new HttpClientHandler()));
        Assert.NotNull(guard.Services.GetRequiredService<IHttpClientFactory>().CreateClient("other"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    public async Task RetryHandler_SeesARefusal_DoesNotTryAgain(bool metadataTrue, int attempts)
    {
        var retry = new Retry();
        await using var guard = GuardFixture.Start(server: new(), build: builder => builder.AddHttpMessageHandler(() => retry));
        if (!metadataTrue)
        {
            guard.Metadata = _ => ScriptedAnswer.Status(404);
        }

        // The first arises within the sockets, which wrap it.
        await guard.RefusedAsync(metadataTrue ? GuardFailure.CertificateNotRequested : GuardFailure.MetadataUnreachable);
        Assert.Equal(attempts, retry.Attempts);
        Assert.IsType<BoundTokenGuardException>(retry.Seen);
    }

    [Fact]
    public async Task RetryHandler_SeesABrokenConnection_TriesAgain()
    {
        var retry = new Retry();
        await using var guard = GuardFixture.Start(build: builder => builder.AddHttpMessageHandler(() => retry));
        guard.Api = _ => retry.Attempts < 3 ? ScriptedAnswer.CutAfter("HTTP/1.1 200"u8.ToArray()) : ScriptedAnswer.Status(200);
        using var response = await guard.SendAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, retry.Attempts);
    }

    // Whoever puts the token there last is still before the guard.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TokenHandler_OfSomebodyElse_IsGuarded(bool asks)
    {
        await using var guard = GuardFixture.Start(server: new() { AskForCertificate = asks }, build: static builder => builder.AddHttpMessageHandler(static () => new PutToken()));
        if (asks)
        {
            using var response = await guard.SendAsync(static request => request.Headers.Authorization = null);
            Assert.StartsWith("Bearer eyJ", Assert.Single(guard.ApiRequests).Header("Authorization"), StringComparison.Ordinal);
        }
        else
        {
            await guard.RefusedAsync(GuardFailure.CertificateNotRequested, static request => request.Headers.Authorization = null);
        }
    }

    [Fact]
    public async Task Send_Synchronous_IsNotSupported()
    {
        await using var guard = GuardFixture.Start();
        using var request = guard.Request();
        Assert.Throws<NotSupportedException>(() => guard.Client().Send(request, TestContext.Current.CancellationToken));
        Assert.Empty(guard.Server.Connections);
    }

    public static MatrixTheoryData<int, HttpVersionPolicy> Policies =>
        new([1, 2, 3], [HttpVersionPolicy.RequestVersionExact, HttpVersionPolicy.RequestVersionOrHigher, HttpVersionPolicy.RequestVersionOrLower]);

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task Http3_IsNeverUsed(int version, HttpVersionPolicy policy)
    {
        await using var server = await KestrelResource.StartAsync();
        await using var client = new KestrelClient(server);
        using var request = client.Request(new(version, version == 1 ? 1 : 0));
        request.VersionPolicy = policy;
        using var response = await client.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var expected = version == 1 && policy != HttpVersionPolicy.RequestVersionOrHigher ? "HTTP/1.1" : "HTTP/2";
        Assert.Equal(expected, Assert.Single(server.Requests).Path);
    }

    // Where HTTP/3 is at hand, "or higher" reaches it.
    [Theory]
    [MemberData(nameof(Policies))]
    public void LimitVersion_LeavesNoWayToHttp3(int version, HttpVersionPolicy policy)
    {
        using var request = new HttpRequestMessage { Version = new(version, 0), VersionPolicy = policy };
        GuardedRequest.LimitVersion(request);
        Assert.True(request.Version.Major <= 2);
        Assert.NotEqual(HttpVersionPolicy.RequestVersionOrHigher, request.VersionPolicy);
    }

    // What an answer sets is for whoever reads it, and never sent along.
    [Fact]
    public async Task Cookies_AreNotKept()
    {
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(200, "Set-Cookie: a=b");
        await guard.ArrivesAsync();
        await guard.ArrivesAsync();
        Assert.All(guard.ApiRequests, static request => Assert.Null(request.Header("Cookie")));
    }

    private static void Replace(IHttpClientBuilder builder, string how)
    {
        switch (how)
        {
            case "primary":
                builder.ConfigurePrimaryHttpMessageHandler(static () => new HttpClientHandler());
                break;
            case "sockets":
                builder.UseSocketsHttpHandler();
                break;
            default:
                builder.Services.Configure<Microsoft.Extensions.Http.HttpClientFactoryOptions>(
                    GuardFixture.Name, static options => options.HttpMessageHandlerBuilderActions.Add(static handler => handler.PrimaryHandler = new HttpClientHandler()));
                break;
        }
    }

    /// <summary>As resilience handlers do it: what is no <see cref="HttpRequestException"/> is not tried again.</summary>
    private sealed class Retry : DelegatingHandler
    {
        internal int Attempts { get; private set; }

        internal Exception? Seen { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            while (true)
            {
                Attempts++;
                try
                {
                    return await base.SendAsync(request, cancellationToken);
                }
                catch (HttpRequestException) when (Attempts < 3)
                {
                }
                catch (Exception e)
                {
                    Seen = e;
                    throw;
                }
            }
        }
    }

    private sealed class PutToken : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Authorization = new("Bearer", GuardFixture.Tokens.BoundTo(GuardFixture.Certificate));
            return base.SendAsync(request, cancellationToken);
        }
    }
}
