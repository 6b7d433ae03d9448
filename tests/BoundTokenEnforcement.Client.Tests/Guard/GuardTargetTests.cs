using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.Client.Tests.Guard;

/// <summary>AC-100–AC-102, AC-111: where a request goes, and that nobody can send it elsewhere.</summary>
[Requirement("AC-100", "AC-102", "AC-111")]
public sealed class GuardTargetTests
{
    private static readonly string[] UnreadableUrls = ["https://localhost%2e:{port}/api", "https://evil.test\\@localhost:{port}/api"];

    [Theory]
    [InlineData("http://localhost:{port}/api")]
    [InlineData("https://localhost.:{port}/api")]
    [InlineData("https://localhost%2e:{port}/api")]
    [InlineData("https://127.0.0.1:{port}/api")]
    [InlineData("https://[::1]:{port}/api")]
    [InlineData("https://localhost/api")]
    [InlineData("https://localhost:1/api")]
    [InlineData("https://user:password@localhost:{port}/api")]
    [InlineData("https://localhost:{port}@evil.test/api")]
    [InlineData("https://evil.test\\@localhost:{port}/api")]
    [InlineData("https://l\u043ecalhost:{port}/api")]
    [InlineData("https://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54:{port}/other")]
    [InlineData("https://localhost:{port}/")]
    [InlineData("https://localhost:{port}/apis")]
    [InlineData("https://localhost:{port}/API")]
    [InlineData("https://localhost:{port}/api/../other")]
    [InlineData("https://localhost:{port}/api/%2e%2e/other")]
    [InlineData("https://localhost:{port}/api/..%2fother")]
    [InlineData("https://localhost:{port}/api/%252e%252e%252fother")]
    [InlineData("https://localhost:{port}/api/..%5cother")]
    [InlineData("https://localhost:{port}/api\\..\\other")]
    [InlineData("https://localhost:{port}/api//x")]
    [InlineData("https://localhost:{port}//api")]
    [InlineData("https://localhost:{port}/api;x")]
    [InlineData("https://localhost:{port}/api#part")]
    [InlineData("ws://localhost:{port}/api")]
    [InlineData("wss://localhost:{port}/apis")]
    [InlineData("wss://evil.test:{port}/api")]
    [InlineData("file:///api")]
    public async Task Request_OutsideTheResource_IsRefusedWithoutAConnection(string url)
    {
        await using var guard = GuardFixture.Start();
        if (Uri.TryCreate(Filled(url, guard), UriKind.Absolute, out var target))
        {
            using var request = guard.Request();
            request.RequestUri = target;
            await guard.RefusedAsync(GuardFailure.RequestOutsideResource, request);
        }
        else
        {
            // No URL of this platform, so there is no request either.
            Assert.Contains(url, UnreadableUrls);
        }

        Assert.Empty(guard.Server.Connections);
    }

    [Theory]
    [InlineData("/api/../other")]
    [InlineData("/api/%2e%2e/other")]
    public async Task Request_WrittenWithoutCanonicalization_IsRefused(string path)
    {
        await using var guard = GuardFixture.Start();
        using var request = guard.Request();
        request.RequestUri = new Uri(guard.Server.Origin + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        await guard.RefusedAsync(GuardFailure.RequestOutsideResource, request);
    }

    [Theory]
    [InlineData("https://localhost:{port}/api")]
    [InlineData("HTTPS://LOCALHOST:{port}/api")]
    [InlineData("https://localhost:{port}/api/")]
    [InlineData("https://localhost:{port}/api/x/y")]
    [InlineData("https://localhost:{port}/api?x=https://evil.test/")]
    [InlineData("https://localhost:{port}/other/../api")]
    public async Task Request_InsideTheResource_Arrives(string url)
    {
        await using var guard = GuardFixture.Start();
        await guard.ArrivesAsync(request: guard.Request(Filled(url, guard)));
    }

    [Theory]
    [InlineData("evil.test")]
    [InlineData("localhost")]
    [InlineData("localhost:1")]
    [InlineData("localhost.:{port}")]
    [InlineData("localhost:{port}, evil.test")]
    [InlineData("evil.test, localhost:{port}")]
    [InlineData("evil test")]
    [InlineData("user@localhost:{port}")]
    [InlineData("localhost:{port}/../x")]
    [InlineData("")]
    public async Task HostHeader_OfAnotherHost_IsRefused(string host)
    {
        await using var guard = GuardFixture.Start();
        await guard.RefusedAsync(
            GuardFailure.RequestOutsideResource, request => Assert.True(request.Headers.TryAddWithoutValidation("Host", Filled(host, guard))));
    }

    [Fact]
    public async Task HostHeader_Twice_IsRefused()
    {
        await using var guard = GuardFixture.Start();
        await guard.RefusedAsync(
            GuardFailure.RequestOutsideResource, request => request.Headers.TryAddWithoutValidation("Host", [$"localhost:{guard.Server.Port}", "evil.test"]));
    }

    [Fact]
    public async Task HostHeader_OfTheSameHost_Arrives()
    {
        await using var guard = GuardFixture.Start();
        await guard.ArrivesAsync(request => request.Headers.Host = $"LOCALHOST:{guard.Server.Port}");
    }

    public static MatrixTheoryData<int, string> Redirects =>
        new([301, 302, 303, 307, 308], ["evil", "plain", "plain same host", "outside", "inside"]);

    [Theory]
    [MemberData(nameof(Redirects))]
    public async Task Redirect_OfTheResource_IsHandedBack(int status, string target)
    {
        using var plain = new RecordingListener();
        await using var evil = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        await using var guard = GuardFixture.Start();
        var location = target switch
        {
            "evil" => $"{evil.Origin}/api",
            "plain" => plain.Address.ToString(),
            "plain same host" => $"http://localhost:{guard.Server.Port}/api",
            "outside" => "/other",
            _ => "/api/x",
        };
        guard.Api = _ => ScriptedAnswer.Status(status, $"Location: {location}");

        using var response = await guard.SendAsync();

        TokenBytes.Count(TokenBytes.ReceivedBy(evil, guard.Token));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(location, response.Headers.NonValidated["Location"].ToString());
        Assert.Single(guard.ApiRequests);
        Assert.Empty(evil.Connections);
        Assert.Equal(0, plain.Connections);
    }

    // What an outer handler follows is a new request, and judged like any other.
    [Fact]
    [Requirement("R6750-5.3-1")]
    public async Task Redirect_FollowedByAnOuterHandler_IsRefused()
    {
        await using var evil = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        await using var guard = GuardFixture.Start(build: builder => builder.AddHttpMessageHandler(static () => new Follow()));
        guard.Api = _ => ScriptedAnswer.Status(302, $"Location: {evil.Origin}/api");

        var thrown = await Record.ExceptionAsync(() => guard.SendAsync());

        TokenBytes.Count(TokenBytes.ReceivedBy(evil, guard.Token));
        Assert.Equal(GuardFailure.RequestOutsideResource, Assert.IsType<BoundTokenGuardException>(thrown).Failure);
        Assert.Empty(evil.Connections);
    }

    [Theory]
    [InlineData("h3=\":{port}\"; ma=86400")]
    [InlineData("h3=\"localhost:{port}\"; ma=86400, h2=\"localhost:{port}\"; ma=86400")]
    public async Task AltSvc_OfAnotherPort_IsNotUsed(string alternative)
    {
        await using var evil = ScriptedTlsServer.Start(new() { AskForCertificate = true });
        await using var guard = GuardFixture.Start();
        guard.Api = _ => ScriptedAnswer.Status(200, $"Alt-Svc: {Filled(alternative, evil.Port)}");

        await guard.ArrivesAsync();
        await guard.ArrivesAsync(static request => (request.Version, request.VersionPolicy) = (new(1, 1), HttpVersionPolicy.RequestVersionOrHigher));
        await guard.ArrivesAsync(static request => (request.Version, request.VersionPolicy) = (new(3, 0), HttpVersionPolicy.RequestVersionOrLower));

        TokenBytes.Count(TokenBytes.ReceivedBy(evil, guard.Token));
        Assert.Empty(evil.Connections);
    }

    private static string Filled(string text, GuardFixture guard) => Filled(text, guard.Server.Port);

    private static string Filled(string text, int port) => text.Replace("{port}", $"{port}", StringComparison.Ordinal);

    private sealed class Follow : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            using var first = await base.SendAsync(request, cancellationToken);
            request.RequestUri = first.Headers.Location;
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
