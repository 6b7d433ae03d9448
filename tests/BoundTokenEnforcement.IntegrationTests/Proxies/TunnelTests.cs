using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Builder;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>
/// CONNECT (RFC 9110 §9.3.6): where the API says yes to it, a proxy may take what follows for the inside of a tunnel, and pass on requests that it
/// never read, with any field in them.
/// </summary>
public sealed class TunnelTests
{
    // HAProxy takes only some forms of the authority, and changes others.
    private static readonly string[] Heads =
    [
        "CONNECT localhost:8080 HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
        "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n\r\n",
        "CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n",
    ];

    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Forged_InATunnel_IsRefused(string name)
    {
        await using var proxy = await StartAsync(name, static text => text);
        foreach (var head in Heads)
        {
            foreach (var own in new[] { null, proxy.Api.B })
            {
                await SendAsync(proxy, own, head + Stolen(proxy));
            }
        }

        Assert.Equal(0, proxy.Api.Entered);
    }

    // The one proxy that tunnels, and the line by which it does not: the API refuses on its own.
    [Fact]
    public async Task Forged_InATunnelThatTheProxyAllows_IsRefused()
    {
        const string Line = "http-request deny if METH_CONNECT";
        await using var proxy = await StartAsync("HAProxy", static text =>
        {
            Assert.Contains(Line, text, StringComparison.Ordinal);
            return text.Replace(Line, string.Empty, StringComparison.Ordinal);
        });

        var answer = await SendAsync(proxy, null, Heads[0] + Stolen(proxy));

        Assert.Equal((400, 0), (answer.Status, proxy.Api.Entered));
        Assert.Contains(BindingFailure.ConnectNotAllowed, proxy.Api.Refusals);
        (await proxy.SendRawAsync(proxy.Api.A, proxy.Api.Issuer.BoundTo(proxy.Api.A))).AssertIn();
    }

    private static string Stolen(GuardedProxy proxy) =>
        $"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {proxy.Api.Issuer.BoundTo(proxy.Api.A)}\r\n{proxy.Forged(proxy.Api.A)}\r\nConnection: close\r\n\r\n";

    private static Task<RawResponse> SendAsync(GuardedProxy proxy, X509Certificate2? own, string request) =>
        proxy.Process.SendAsync(request, new TlsClientOptions { Certificate = own, AllowTlsResume = false });

    private static Task<GuardedProxy> StartAsync(string name, Func<string, string> change)
    {
        var program = ProxyInstallations.Require(name);
        // An endpoint for every method, as a welcome page or a fallback is.
        var setup = GuardedProxy.Behind(program) with { Map = static (app, _) => app.MapFallback(static () => "welcome") };
        return GuardedProxy.StartAsync(program, change, setup, static api => $"127.0.0.1:{api.Host.Port}");
    }
}
