using System.Net;
using System.Net.Security;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>A request under one name over a handshake under another: 421 (RFC 9110 §15.5.20), where switched on.</summary>
public sealed class MisdirectedRequestTests
{
    [Theory]
    [InlineData("a.test", "b.test", 421)]
    [InlineData("a.test", "a.test", 200)]
    [InlineData("a.test", "A.TEST", 200)]
    [InlineData("A.TEST", "a.test", 200)]
    [InlineData("a.test", "a.test:8443", 200)]
    [InlineData("a.test", "b.test:443", 421)]
    [InlineData("a.test", "a.test.", 421)]
    [InlineData("a.test", "x.a.test", 421)]
    [InlineData("xn--mnchen-3ya.test", "xn--mnchen-3ya.test", 200)]
    [InlineData("xn--mnchen-3ya.test", "xn--mnchen-4ya.test", 421)]
    [InlineData("127.0.0.1", "b.test", 200)]
    [InlineData("a.test", "127.0.0.1", 421)]
    public async Task Http11_NamesCompared_OrNot(string handshake, string host, int status)
    {
        await using var api = await StartAsync(reject: true);
        var tls = new TlsClientOptions { Certificate = api.A, TargetHost = handshake };

        var answer = await SendAsync(api, tls, $"Host: {host}");
        AssertStatus(answer, status);
        Assert.Equal(status == 421 ? "no-store" : null, answer.CacheControl);
        // Whatever the name: without the certificate nobody is in.
        FailOpen.Count((await SendAsync(api, tls with { Certificate = null }, $"Host: {host}")).Entered > 0);
        Assert.Equal(status == 200 ? 1 : 0, api.Entered);
    }

    [Theory]
    [InlineData("a.test", "b.test", 421)]
    [InlineData("a.test", "a.test", 200)]
    [InlineData("a.test", "A.TEST", 200)]
    public async Task Http2_NamesCompared(string handshake, string host, int status)
    {
        await using var api = await StartAsync(reject: true);
        using var client = Http2Client(api, handshake, host);

        AssertStatus(await api.SendAsync(client, api.Issuer.BoundTo(api.A), request => request.Version = HttpVersion.Version20), status);
    }

    [Fact]
    public async Task NotSwitchedOn_NamesDiffer_In()
    {
        await using var api = await StartAsync(reject: false);

        (await SendAsync(api, new TlsClientOptions { Certificate = api.A, TargetHost = "a.test" }, "Host: b.test")).AssertIn();
    }

    private static void AssertStatus(GuardedAnswer answer, int status)
    {
        if (status == 200)
        {
            answer.AssertIn();
        }
        else
        {
            answer.AssertRejected(status);
            Assert.Empty(answer.Challenges);
        }
    }

    private static Task<GuardedAnswer> SendAsync(GuardedApi api, TlsClientOptions tls, string hostLine) =>
        api.SendRawAsync(tls, "GET / HTTP/1.1", [hostLine, $"Authorization: Bearer {api.Issuer.BoundTo(api.A)}"], "");

    /// <summary>A client whose requests name another host than its handshake did. The library would make them agree.</summary>
    private static HttpClient Http2Client(GuardedApi api, string handshake, string host) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var tls = new SslStream(await api.Host.ConnectAsync(cancellationToken));
            var options = new TlsClientOptions { Certificate = api.A, TargetHost = handshake }.ToSslOptions(api.Host.ServerCertificate);
            options.ApplicationProtocols = [SslApplicationProtocol.Http2];
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            return tls;
        },
    })
    {
        BaseAddress = new Uri($"https://{host}"),
    };

    private static Task<GuardedApi> StartAsync(bool reject) =>
        GuardedApi.StartAsync(new GuardedSetup { Options = options => options.RejectMisdirectedRequests = reject });
}
