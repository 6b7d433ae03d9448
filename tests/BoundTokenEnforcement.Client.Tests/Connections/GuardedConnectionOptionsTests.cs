using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using BoundTokenEnforcement.Client.Tests.Guard;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BoundTokenEnforcement.Client.Tests.Connections;

/// <summary>What users of SocketsHttpHandler can set, without weakening the guard.</summary>
public sealed class GuardedConnectionOptionsTests
{
    [Fact]
    public async Task Proxy_TunnelIsOpened_TheTokenArrivesAndTheProxySeesOnlyTls()
    {
        await using var proxy = new ConnectProxy();
        await using var guard = GuardFixture.Start(options => options.Connections.Proxy = new WebProxy(proxy.Address) { Credentials = new NetworkCredential("user", "pass") });

        await guard.ArrivesAsync();

        Assert.Equal(2, proxy.Heads.Count);
        Assert.All(proxy.Heads, head => Assert.StartsWith($"CONNECT localhost:{guard.Server.Port} HTTP/1.1\r\n", head, StringComparison.Ordinal));
        Assert.All(proxy.Heads, static head => Assert.Contains("Proxy-Authorization: Basic dXNlcjpwYXNz", head, StringComparison.Ordinal));
        Assert.DoesNotContain(guard.Token[..12], Encoding.Latin1.GetString(proxy.Tunnelled.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_ServerDoesNotRequestTheCertificate_IsRefused()
    {
        await using var proxy = new ConnectProxy();
        await using var guard = GuardFixture.Start(options => options.Connections.Proxy = new WebProxy(proxy.Address), new());

        await guard.RefusedAsync(GuardFailure.CertificateNotRequested);

        Assert.Equal(2, proxy.Heads.Count);
    }

    [Fact]
    public async Task Proxy_OpensNoTunnel_TheMessageNamesProxyAndStatus()
    {
        await using var proxy = new ConnectProxy { Status = "407 Proxy Authentication Required" };
        await using var guard = GuardFixture.Start(options => options.Connections.Proxy = new WebProxy(proxy.Address));

        var refused = await guard.RefusedAsync(GuardFailure.MetadataUnreachable);

        Assert.Contains("answered 407 to CONNECT", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_UrlNamesAForbiddenAddress_TheProxyIsNotAsked()
    {
        await using var proxy = new ConnectProxy();
        await using var guard = GuardFixture.Start(options =>
        {
            options.Resource = "https://169.254.169.254/api";
            options.Connections.Proxy = new WebProxy(proxy.Address);
        });

        var refused = await guard.RefusedAsync(GuardFailure.AddressNotAllowed, guard.Request("https://169.254.169.254/api"));

        Assert.Empty(proxy.Heads);
        Assert.Contains("never called", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AllowPrivateNetworks", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_IsBypassed_TheGuardConnectsDirectly()
    {
        await using var proxy = new ConnectProxy();
        await using var guard = GuardFixture.Start(options => options.Connections.Proxy = new WebProxy(proxy.Address, BypassOnLocal: true, ["localhost"]));

        await guard.ArrivesAsync();

        Assert.Empty(proxy.Heads);
    }

    [Fact]
    public async Task Decompression_IsSet_TheAnswerIsDecodedAndMetadataIsRequestedPlain()
    {
        await using var guard = GuardFixture.Start(options => options.Connections.AutomaticDecompression = DecompressionMethods.GZip);
        guard.Api = _ => ScriptedAnswer.Body(200, Gzip("hello"), "Content-Encoding: gzip");

        using var response = await guard.SendAsync();

        Assert.Equal("hello", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("gzip", guard.ApiRequests[0].Header("Accept-Encoding"));
        Assert.Null(guard.Server.Requests[0].Header("Accept-Encoding"));
    }

    [Fact]
    public async Task Activity_IsListenedTo_TheSpanIsThereAndNoTraceparentIsSent()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "System.Net.Http",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var guard = GuardFixture.Start();

        await guard.ArrivesAsync();

        Assert.Contains(spans, span => span.GetTagItem("url.full") is string url && url.StartsWith(guard.Resource, StringComparison.Ordinal));
        Assert.All(guard.Server.Requests, static request => Assert.Null(request.Header("traceparent")));
    }

    // What a proxy does that was chosen by a script: it names the destination itself to say "directly".
    [Fact]
    public async Task Proxy_NamesTheDestination_TheGuardConnectsDirectly()
    {
        await using var guard = GuardFixture.Start(static options => options.Connections.Proxy = new NoProxy());

        await guard.ArrivesAsync();
    }

    [Fact]
    public async Task Proxy_DefaultCredentials_NoneAreSent()
    {
        await using var proxy = new ConnectProxy();
        await using var guard = GuardFixture.Start(options => options.Connections.Proxy = new WebProxy(proxy.Address) { UseDefaultCredentials = true });

        await guard.ArrivesAsync();

        Assert.All(proxy.Heads, static head => Assert.DoesNotContain("Proxy-Authorization", head, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy:8080:1")]
    [InlineData("proxy")]
    public async Task Proxy_InConfigurationIsNoUrl_IsAFault(string text)
    {
        await using var guard = GuardFixture.Start(options => GuardSettings.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("Connections:Proxy", text)]).Build(), options));

        Assert.Contains("Proxy", Assert.Throws<OptionsValidationException>(() => guard.Client()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Section_IsRead()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Connections:ConnectTimeout"] = "00:00:03",
            ["Connections:PooledConnectionLifetime"] = "00:01:00",
            ["Connections:PooledConnectionIdleTimeout"] = "00:00:30",
            ["Connections:MaxConnectionsPerServer"] = "7",
            ["Connections:EnableMultipleHttp2Connections"] = "true",
            ["Connections:KeepAlivePingDelay"] = "00:00:40",
            ["Connections:KeepAlivePingTimeout"] = "00:00:04",
            ["Connections:KeepAlivePingPolicy"] = "WithActiveRequests",
            ["Connections:MaxResponseHeadersLength"] = "64",
            ["Connections:AutomaticDecompression"] = "All",
            ["Connections:Proxy"] = "http://proxy.example:3128",
        }).Build();
        var options = new BoundTokenGuardOptions();

        GuardSettings.Read(configuration, options);
        using var handler = new SocketsHttpHandler();
        options.Connections.ApplyTo(handler);

        Assert.Equal(TimeSpan.FromSeconds(3), handler.ConnectTimeout);
        Assert.Equal(TimeSpan.FromMinutes(1), handler.PooledConnectionLifetime);
        Assert.Equal(TimeSpan.FromSeconds(30), handler.PooledConnectionIdleTimeout);
        Assert.Equal(7, handler.MaxConnectionsPerServer);
        Assert.True(handler.EnableMultipleHttp2Connections);
        Assert.Equal(TimeSpan.FromSeconds(40), handler.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(4), handler.KeepAlivePingTimeout);
        Assert.Equal(HttpKeepAlivePingPolicy.WithActiveRequests, handler.KeepAlivePingPolicy);
        Assert.Equal(64, handler.MaxResponseHeadersLength);
        Assert.Equal(DecompressionMethods.All, handler.AutomaticDecompression);
        Assert.Equal(new Uri("http://proxy.example:3128"), options.Connections.Proxy?.GetProxy(new Uri("https://api.example.com")));
    }

    public static TheoryData<string, Action<GuardedConnectionOptions>> Faulty => new()
    {
        { "ConnectTimeout", static o => o.ConnectTimeout = TimeSpan.Zero },
        { "PooledConnectionLifetime", static o => o.PooledConnectionLifetime = Timeout.InfiniteTimeSpan },
        { "PooledConnectionIdleTimeout", static o => o.PooledConnectionIdleTimeout = TimeSpan.FromDays(2) },
        { "MaxConnectionsPerServer", static o => o.MaxConnectionsPerServer = 0 },
        { "KeepAlivePingDelay", static o => o.KeepAlivePingDelay = TimeSpan.Zero },
        { "KeepAlivePingTimeout", static o => o.KeepAlivePingTimeout = TimeSpan.Zero },
        { "KeepAlivePingPolicy", static o => o.KeepAlivePingPolicy = (HttpKeepAlivePingPolicy)9 },
        { "MaxResponseHeadersLength", static o => o.MaxResponseHeadersLength = 0 },
        { "MaxResponseHeadersLength", static o => o.MaxResponseHeadersLength = 1025 },
        { "Proxy", static o => o.Proxy = new WebProxy("socks5://proxy.example") },
        { "Proxy", static o => o.Proxy = new WebProxy("ftp://proxy.example") },
        { "Proxy", static o => o.Proxy = new WebProxy(new Uri("proxy", UriKind.Relative)) },
        { "Proxy", static o => o.Proxy = new WebProxy("http://user:secret@proxy.example") },
        { "Proxy", static o => o.Proxy = new WebProxy() },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public async Task Value_IsOutsideItsRange_IsAFault(string name, Action<GuardedConnectionOptions> change)
    {
        await using var guard = GuardFixture.Start(options => change(options.Connections));

        var thrown = Assert.Throws<OptionsValidationException>(() => guard.Services.GetRequiredService<IOptionsMonitor<BoundTokenGuardOptions>>().Get(GuardFixture.Name));

        Assert.Contains(name, Assert.Single(thrown.Failures), StringComparison.Ordinal);
    }

    private static byte[] Gzip(string text)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return output.ToArray();
    }

    private sealed class NoProxy : IWebProxy
    {
        public ICredentials? Credentials { get; set; }

        public Uri? GetProxy(Uri destination) => destination;

        public bool IsBypassed(Uri host) => false;
    }
}
