using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>Which of several addresses is the peer's, and which rules hold for it.</summary>
public sealed class ForwarderTrustTests
{
    private static readonly IPEndPoint Proxy = new(Forwarded.Proxy, 4711);
    private static readonly IPEndPoint Stranger = new(Forwarded.Stranger, 4711);
    private static readonly PresentedCertificate A = new(Api.A, CertificateSource.Connection);
    private static readonly PresentedCertificate B = new(Api.B, CertificateSource.Connection);

    [Fact]
    public void Trusts_Transport_GoesBeforeWhatStandsInTheRequest()
    {
        var trust = Trust("10.1.2.3");

        Assert.True(trust.Trusts(Context(transport: Proxy, address: Forwarded.Stranger), null));
        Assert.False(trust.Trusts(Context(transport: Stranger, address: Forwarded.Proxy), null));
        // A transport that knows no peer is not asked again elsewhere.
        Assert.False(trust.Trusts(Context(transport: new Transport(null), address: Forwarded.Proxy), null));
    }

    [Fact]
    public async Task Trusts_Socket_GoesBeforeEverything()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.True(Trust("127.0.0.1").Trusts(Context(accepted, Stranger, Forwarded.Stranger), null));
        Assert.False(Trust("10.1.2.3").Trusts(Context(accepted, Proxy, Forwarded.Proxy), null));
    }

    // A peer that left, or never was: nothing that was written elsewhere takes its place.
    [Fact]
    public async Task Trusts_SocketWithoutPeer_Nobody()
    {
        using var unconnected = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        var disposed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        disposed.Dispose();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var left = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await left.ConnectAsync(listener.LocalEndPoint!, TestContext.Current.CancellationToken);
        left.Dispose();

        foreach (var socket in new[] { unconnected, disposed, listener, left })
        {
            Assert.False(Trust("10.1.2.3").Trusts(Context(socket, Proxy, Forwarded.Proxy), null));
        }
    }

    [Fact]
    public void Trusts_NoPeer_Nobody()
    {
        Assert.False(Trust("0.0.0.0/0").Trusts(Context(), null));
        Assert.False(Trust("0.0.0.0/0", unix: true).Trusts(Context(transport: new Transport(new DnsEndPoint("proxy", 443))), null));
    }

    [Fact]
    public void Trusts_UnixSocket_OnlyIfNamed()
    {
        var peer = new Transport(new UnixDomainSocketEndPoint("/run/api.sock"));

        Assert.True(Trust(unix: true).Trusts(Context(transport: peer), null));
        Assert.False(Trust("0.0.0.0/0").Trusts(Context(transport: peer, address: Forwarded.Proxy), null));
        // And it does not name anybody on the network.
        Assert.False(Trust(unix: true).Trusts(Context(transport: Proxy), null));
        Assert.False(Trust(unix: true).Trusts(Context(transport: new Transport(new IPEndPoint(IPAddress.Loopback, 1))), A));
    }

    // AC-069
    [Fact]
    [Requirement("AC-069")]
    public void Trusts_Thumbprint_OnlyThatCertificate()
    {
        var trust = Trust(thumbprint: A.Thumbprint);

        Assert.True(trust.Trusts(Context(transport: Stranger), A));
        Assert.False(trust.Trusts(Context(transport: Stranger), B));
        Assert.False(trust.Trusts(Context(transport: Stranger), null));
    }

    // AC-069
    [Fact]
    [Requirement("AC-069")]
    public void Trusts_AddressAndThumbprint_BothMustHold()
    {
        var trust = Trust("10.1.2.3", A.Thumbprint);

        Assert.True(trust.Trusts(Context(transport: Proxy), A));
        Assert.False(trust.Trusts(Context(transport: Proxy), B));
        Assert.False(trust.Trusts(Context(transport: Proxy), null));
        Assert.False(trust.Trusts(Context(transport: Stranger), A));
    }

    [Fact]
    public void Trusts_SeveralOfEach_AnyOfThem()
    {
        var options = new ForwardedCertificateOptions();
        options.TrustedProxies.Add("10.9.9.9");
        options.TrustedProxies.Add("10.1.2.0/24");
        options.TrustedProxyThumbprints.Add(B.Thumbprint.ToString());
        options.TrustedProxyThumbprints.Add(A.Thumbprint.ToString());
        var trust = new ForwarderTrust(options);

        Assert.True(trust.Trusts(Context(transport: Proxy), A));
        Assert.True(trust.Trusts(Context(transport: new Transport(new IPEndPoint(IPAddress.Parse("10.9.9.9"), 1))), B));
        Assert.False(trust.Trusts(Context(transport: new Transport(new IPEndPoint(IPAddress.Parse("10.9.9.8"), 1))), B));
    }

    // The options are read once: what is added to them later was never validated.
    [Fact]
    public void Trusts_OptionsChangedAfterwards_StaysAsItWas()
    {
        var options = new ForwardedCertificateOptions();
        options.TrustedProxies.Add("10.1.2.3");
        var trust = new ForwarderTrust(options);

        options.TrustedProxies.Add("0.0.0.0/0");
        options.TrustedProxyThumbprints.Add(A.Thumbprint.ToString());
        options.TrustUnixSocket = true;

        Assert.True(trust.Trusts(Context(transport: Proxy), null));
        Assert.False(trust.Trusts(Context(transport: Stranger), null));
        Assert.False(trust.Trusts(Context(transport: new Transport(new UnixDomainSocketEndPoint("/run/api.sock"))), null));
    }

    [Fact]
    public void Constructor_OptionsThatWereNotValidated_Throws()
    {
        Assert.Throws<FormatException>(() => Trust("nonsense"));
        var options = new ForwardedCertificateOptions();
        options.TrustedProxyThumbprints.Add("nonsense");
        Assert.Throws<FormatException>(() => new ForwarderTrust(options));
    }

    private static ForwarderTrust Trust(string? proxy = null, CertificateThumbprint? thumbprint = null, bool unix = false)
    {
        var options = new ForwardedCertificateOptions { TrustUnixSocket = unix };
        if (proxy is not null)
        {
            options.TrustedProxies.Add(proxy);
        }

        if (thumbprint is { } known)
        {
            options.TrustedProxyThumbprints.Add(known.ToString());
        }

        return new ForwarderTrust(options);
    }

    private static DefaultHttpContext Context(Socket? socket = null, Transport? transport = null, IPAddress? address = null)
    {
        var context = new DefaultHttpContext();
        if (socket is not null)
        {
            context.Features.Set<IConnectionSocketFeature>(new OwnSocket(socket));
        }

        if (transport is not null)
        {
            context.Features.Set<IConnectionEndPointFeature>(transport);
        }

        context.Connection.RemoteIpAddress = address;
        return context;
    }

    private sealed class OwnSocket(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }

    private sealed class Transport(EndPoint? peer) : IConnectionEndPointFeature
    {
        public EndPoint? LocalEndPoint { get; set; }

        public EndPoint? RemoteEndPoint { get; set; } = peer;

        public static implicit operator Transport(IPEndPoint peer) => new(peer);
    }
}
