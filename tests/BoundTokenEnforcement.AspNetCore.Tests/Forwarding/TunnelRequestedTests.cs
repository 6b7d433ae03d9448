using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>CONNECT where certificates are forwarded: what follows a yes would be requests that no proxy has read.</summary>
public sealed class TunnelRequestedTests
{
    [Theory]
    [InlineData("CONNECT", "10.1.2.3")]
    [InlineData("CONNECT", "10.2.2.3")]
    [InlineData("connect", "10.1.2.3")]
    public async Task Connect_WithForwarding_IsTurnedAway(string method, string peer)
    {
        await using var api = await StartAsync(forwards: true);

        (await SendAsync(api, method, peer)).IsBadRequest();

        Assert.Contains("ConnectNotAllowed", api.Logs.From(typeof(DecisionTelemetry).FullName!).Select(log => log.EventId.Name));
    }

    [Fact]
    public async Task Connect_WithoutForwarding_IsTheApplicationsToAnswer()
    {
        await using var api = await StartAsync(forwards: false);

        Assert.Equal(200, (await SendAsync(api, "CONNECT", "10.1.2.3")).Status);
    }

    [Fact]
    public async Task OtherMethod_WithForwarding_IsTheApplicationsToAnswer()
    {
        await using var api = await StartAsync(forwards: true);

        Assert.Equal(200, (await SendAsync(api, "OPTIONS", "10.1.2.3")).Status);
    }

    // RFC 8441: a WebSocket over HTTP/2 is one stream, and holds no requests.
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 400)]
    public async Task Connect_Extended_IsNoTunnel(bool isExtended, int status)
    {
        await using var api = await StartAsync(forwards: true);

        Assert.Equal(status, (await SendAsync(api, "CONNECT", "10.1.2.3", new ExtendedConnect(isExtended))).Status);
    }

    private static Task<Api> StartAsync(bool forwards) => Api.StartAsync(
        [Api.Guarded(enforcement: options =>
        {
            if (forwards)
            {
                options.UseForwardedCertificate(f =>
                {
                    f.Format = ForwardedCertificateFormat.ClientCert;
                    f.TrustedProxies.Add("10.1.0.0/16");
                });
            }
        })],
        static (_, app) => app.MapFallback(static () => "welcome"));

    private static Task<Answer> SendAsync(Api api, string method, string peer, ExtendedConnect? extended = null) => api.SendAsync("/any", context =>
    {
        context.Request.Method = method;
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Features.Set<IHttpExtendedConnectFeature>(extended);
    });

    private sealed record ExtendedConnect(bool IsExtendedConnect) : IHttpExtendedConnectFeature
    {
        public string? Protocol => null;

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }
}
