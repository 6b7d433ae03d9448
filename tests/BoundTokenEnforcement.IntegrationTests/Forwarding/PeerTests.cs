using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests.Forwarding;

/// <summary>Whom a forwarded certificate is believed from: the socket's own peer, and no address that anybody wrote down.</summary>
public sealed class PeerTests
{
    // AC-057
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("AC-057")]
    public async Task Peer_OnlyTheProxy_IsBelieved(string version)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        await using var api = await StartAsync(Proxied.Trusting("127.0.0.2"));
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version));
        using var stranger = api.From(Proxied.Stranger, Version.Parse(version));
        using var straight = api.From(source: null, Version.Parse(version));

        for (var i = 0; i < 2; i++)
        {
            await api.BelievesAsync(proxy);
            await api.BelievesNothingAsync(stranger);
            await api.BelievesNothingAsync(straight);
        }
    }

    // D24: exactly one source. The right certificate on the connection is the proxy's own, and nobody's proof.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("D24")]
    public async Task ConnectionsCertificate_IsNeverTheClients(string version)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        await using var api = await StartAsync(Proxied.Trusting("127.0.0.2"));
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version), api.A);
        using var stranger = api.From(Proxied.Stranger, Version.Parse(version), api.A);

        await api.BelievesAsync(proxy);
        await api.BelievesNothingAsync(stranger);
    }

    // D24: and the other way round.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("D24")]
    public async Task ConnectionMode_FieldOfWhomever_IsNotRead(string version)
    {
        await using var api = await GuardedApi.StartAsync();
        using var thief = api.From(source: null, Version.Parse(version), api.B);
        using var owner = api.From(source: null, Version.Parse(version), api.A);

        foreach (var field in new[] { Proxied.Field, "Client-Cert", "X-Forwarded-Client-Cert", "X-ARR-ClientCert" })
        {
            (await api.SendAsync(thief, Proxied.With(api.A, field))).AssertRefused();
            (await api.SendAsync(owner, Proxied.With(api.B, field))).AssertIn();
        }
    }

    // A client that says where it comes from: the address is rewritten for the application, not for us.
    [Fact]
    public async Task ForwardedHeaders_OfTheCaller_HaveNoSay()
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        var seen = new List<IPAddress?>();
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2"),
            Before = (builder, _) => builder.Services.Configure<ForwardedHeadersOptions>(options =>
            {
                options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
                options.KnownProxies.Clear();
                options.KnownIPNetworks.Clear();
                options.ForwardLimit = null;
            }),
            Map = (app, _) =>
            {
                app.UseForwardedHeaders();
                app.Use((HttpContext context, RequestDelegate next) =>
                {
                    seen.Add(context.Connection.RemoteIpAddress);
                    return next(context);
                });
                app.UseAuthentication().UseAuthorization();
            },
        });
        using var proxy = api.From(Proxied.Proxy);
        using var stranger = api.From(Proxied.Stranger);
        var fromProxy = Proxied.With("X-Forwarded-For", "127.0.0.2");
        var fromElsewhere = Proxied.With("X-Forwarded-For", "127.0.0.3");

        await api.TurnsAwayAsync(() => api.SendAsync(stranger, fromProxy + Proxied.With(api.A)), BindingFailure.ForwarderUntrusted);
        (await api.SendAsync(stranger, fromProxy)).AssertRefused();
        (await api.SendAsync(proxy, fromElsewhere + Proxied.With(api.A))).AssertIn();
        Assert.Equal([Proxied.Proxy, Proxied.Stranger], seen);
    }

    // Any middleware; also for the next request on the same connection.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Middleware_RewritesThePeer_HasNoEffect(string version)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2"),
            Map = (app, _) =>
            {
                app.Use((HttpContext context, RequestDelegate next) =>
                {
                    if (context.Request.Headers["X-Peer"] is [{ } peer])
                    {
                        var address = IPAddress.Parse(peer);
                        context.Connection.RemoteIpAddress = address;
                        context.Features.Set<IConnectionEndPointFeature>(new Claimed(new IPEndPoint(address, 1)));
                    }

                    return next(context);
                });
                app.UseAuthentication().UseAuthorization();
            },
        });
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version));
        using var stranger = api.From(Proxied.Stranger, Version.Parse(version));

        (await api.SendAsync(stranger, Proxied.With("X-Peer", "127.0.0.2"))).AssertRefused();
        await api.BelievesNothingAsync(stranger);
        (await api.SendAsync(proxy, Proxied.With("X-Peer", "127.0.0.3") + Proxied.With(api.A))).AssertIn();
        await api.BelievesAsync(proxy);
    }

    // As one for the PROXY protocol does: the address is what the other end says.
    [Theory]
    [InlineData("1.1", false)]
    [InlineData("2.0", false)]
    [InlineData("1.1", true)]
    public async Task ConnectionMiddleware_RewritesThePeer_TheSocketsOwnCounts(string version, bool toNothing)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2"),
            Listen = (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Use(next => connection =>
                {
                    var other = Proxied.Proxy.Equals(((IPEndPoint)connection.RemoteEndPoint!).Address) ? Proxied.Stranger : Proxied.Proxy;
                    connection.RemoteEndPoint = toNothing ? null : new IPEndPoint(other, 4711);
                    return next(connection);
                });
                listener.UseHttps(certificate);
            }),
        });
        using var proxy = api.From(Proxied.Proxy, Version.Parse(version));
        using var stranger = api.From(Proxied.Stranger, Version.Parse(version));

        await api.BelievesAsync(proxy);
        await api.BelievesNothingAsync(stranger);
    }

    // Without a socket there is what the transport says; if that is nothing, there is nobody.
    [Theory]
    [InlineData("127.0.0.2", true)]
    [InlineData("127.0.0.3", false)]
    [InlineData(null, false)]
    public async Task Transport_WithoutASocket_ItsOwnWordCounts(string? peer, bool believed)
    {
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting("127.0.0.2"),
            Listen = (kestrel, certificate) => kestrel.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Use(next => connection =>
                {
                    connection.Features.Set<IConnectionSocketFeature>(null);
                    connection.RemoteEndPoint = peer is null ? null : new IPEndPoint(IPAddress.Parse(peer), 4711);
                    return next(connection);
                });
                listener.UseHttps(certificate);
            }),
        });
        using var client = api.From(source: null);

        await (believed ? api.BelievesAsync(client) : api.BelievesNothingAsync(client));
    }

    // A socket for both families shows an IPv4 peer as ::ffff:127.0.0.2.
    [Theory]
    [InlineData("127.0.0.2")]
    [InlineData("127.0.0.2/32")]
    [InlineData("::ffff:127.0.0.2")]
    [InlineData("::ffff:127.0.0.2/128")]
    public async Task Peer_OnASocketForBothFamilies_IsTheSameAddress(string trusted)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        string? shown = null;
        await using var both = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(trusted),
            Listen = (kestrel, certificate) => kestrel.Listen(IPAddress.IPv6Any, 0, listener => listener.UseHttps(certificate)),
            Map = (app, _) => app.MapGet("/peer", (HttpContext context) => shown = context.Features.Get<IConnectionSocketFeature>()?.Socket.RemoteEndPoint?.ToString()),
        });
        await using var one = await StartAsync(Proxied.Trusting(trusted));

        foreach (var api in new[] { both, one })
        {
            using var proxy = api.From(Proxied.Proxy);
            using var stranger = api.From(Proxied.Stranger);
            await api.BelievesAsync(proxy);
            await api.BelievesNothingAsync(stranger);
        }

        using var asker = both.From(Proxied.Proxy);
        _ = await asker.GetStringAsync(new Uri("/peer", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.StartsWith("[::ffff:127.0.0.2]:", shown, StringComparison.Ordinal);
    }

    // Who trusts a network of IPv6 does not mean everybody's IPv4 address, whatever stands around it.
    [Theory]
    [InlineData("::/64")]
    [InlineData("::/1")]
    [InlineData("::1")]
    public async Task NetworkOfIPv6_DoesNotHoldMappedAddresses(string trusted)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "This machine has no IPv6.");
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(trusted),
            Listen = (kestrel, _) => kestrel.Listen(IPAddress.IPv6Any, 0),
        });
        using var mapped = Proxied.Plain(HttpVersion.Version11, source: null, new IPEndPoint(IPAddress.Loopback, api.Host.Port));
        using var own = Proxied.Plain(HttpVersion.Version11, source: null, new IPEndPoint(IPAddress.IPv6Loopback, api.Host.Port));

        await api.BelievesNothingAsync(mapped);
        await api.BelievesAsync(own);
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task UnixSocket_OnlyIfNamed_IsBelieved(string version, bool named)
    {
        Assert.SkipUnless(Socket.OSSupportsUnixDomainSockets, "This machine has no Unix sockets.");
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Options = Proxied.Trusting(forwarded =>
            {
                forwarded.TrustUnixSocket = named;
                forwarded.TrustedProxies.Add(named ? "10.9.9.9" : "127.0.0.0/8");
            }),
            Listen = (kestrel, _) =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1);
                kestrel.ListenUnixSocket(path, listener => listener.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1);
            },
        });
        var http = Version.Parse(version);
        using var socket = Proxied.Plain(http, async cancellationToken =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        });
        using var network = Proxied.Plain(http, source: null, new IPEndPoint(IPAddress.Loopback, api.Host.Port));

        await (named ? api.BelievesAsync(socket) : api.BelievesNothingAsync(socket));
        await (named ? api.BelievesNothingAsync(network) : api.BelievesAsync(network));
    }

    // AC-071: whoever names a proxy decides for the way between; on the network the audit warns.
    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    [Requirement("AC-071", "D28")]
    public async Task PlainHttp_OnlyFromTheProxyThatWasNamed(string version)
    {
        Proxied.SkipUnlessEveryLoopbackAddressIsOnesOwn();
        Action<KestrelServerOptions, X509Certificate2> plain = (kestrel, _) =>
            kestrel.Listen(IPAddress.Loopback, 0, listener => listener.Protocols = version == "2.0" ? HttpProtocols.Http2 : HttpProtocols.Http1);
        await using var api = await GuardedApi.StartAsync(new GuardedSetup { Options = Proxied.Trusting("127.0.0.2"), Listen = plain });
        await using var direct = await GuardedApi.StartAsync(new GuardedSetup { Options = options => options.Audit = AuditFailureBehavior.Log, Listen = plain });
        using var proxy = Proxied.Plain(Version.Parse(version), Proxied.Proxy, new IPEndPoint(IPAddress.Loopback, api.Host.Port));
        using var stranger = Proxied.Plain(Version.Parse(version), Proxied.Stranger, new IPEndPoint(IPAddress.Loopback, api.Host.Port));
        using var unconfigured = Proxied.Plain(Version.Parse(version), Proxied.Proxy, new IPEndPoint(IPAddress.Loopback, direct.Host.Port));

        await api.BelievesAsync(proxy);
        await api.BelievesNothingAsync(stranger);
        // D28: X-Forwarded-Proto proves nothing.
        (await direct.SendAsync(unconfigured, Proxied.With(direct.A) + Proxied.With("X-Forwarded-Proto", "https"))).AssertRefused();
    }

    private static Task<GuardedApi> StartAsync(Action<BoundTokenEnforcementOptions> options) => GuardedApi.StartAsync(new GuardedSetup { Options = options });

    private sealed class Claimed(EndPoint peer) : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; }

        public EndPoint? RemoteEndPoint { get; set; } = peer;
    }
}
