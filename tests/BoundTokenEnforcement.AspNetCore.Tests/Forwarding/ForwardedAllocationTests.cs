using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace BoundTokenEnforcement.AspNetCore.Tests.Forwarding;

/// <summary>
/// What a request pays for a forwarded certificate that is known already: nothing that must be collected, on top of the copy of the field that the
/// server makes. (What a server pays for calling back before the answer starts is not in it: Kestrel keeps its list for the connection.)
/// </summary>
public sealed class ForwardedAllocationTests
{
    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.0/8", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData(null, false)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.Sha256Hex)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.Sha256ColonHex)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.Sha256Base64)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.Sha256Base64Url)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.XfccHash)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.IstioXfccHash)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.ClientCertChain)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.EscapedPemChain)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.Base64DerChain)]
    [InlineData("127.0.0.1", false, ForwardedCertificateFormat.XfccChain)]
    public async Task Read_WarmCache_AllocatesNothing(string? proxy, bool bothFamilies, ForwardedCertificateFormat format = ForwardedCertificateFormat.Base64Der)
    {
        using var listener = bothFamilies
            ? new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true }
            : new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(bothFamilies ? IPAddress.Loopback.MapToIPv6() : IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, ((IPEndPoint)listener.LocalEndPoint!).Port, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        var own = new PresentedCertificate(Api.B, CertificateSource.Connection);
        var source = Source(proxy, proxy is null ? own.Thumbprint.ToString() : null, format);
        var context = new DefaultHttpContext();
        context.Features.Set<IConnectionSocketFeature>(new OwnSocket(accepted));
        context.Request.Headers[Forwarded.Field] = Api.A.As(format);
        context.Request.Headers[Forwarded.Chain] = Api.B.As(ForwardedCertificateFormat.ClientCert);
        context.Request.Headers["X-Verified"] = "SUCCESS";

        var allocated = AllocatedBy(() => source.Read(context, own, out var seen) is null && seen.Presented is not null);

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void AllocatedBy_SomethingThatAllocates_IsSeen()
    {
        var source = Source("10.1.2.3", null);
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = Forwarded.Proxy;
        // Too long to be remembered: it is read each time.
        context.Request.Headers[Forwarded.Field] = new string('A', 8192);

        Assert.NotEqual(0, AllocatedBy(() => source.Read(context, null, out _) == BindingFailure.ForwardedCertificateMalformed));
    }

    private static ForwardedCertificateSource Source(string? proxy, string? thumbprint, ForwardedCertificateFormat format = ForwardedCertificateFormat.Base64Der)
    {
        var options = new ForwardedCertificateOptions { Format = format, Header = Forwarded.Field, RequiredHeader = "X-Verified", RequiredHeaderValue = "SUCCESS" };
        if (proxy is not null)
        {
            options.TrustedProxies.Add(proxy);
        }

        if (thumbprint is not null)
        {
            options.TrustedProxyThumbprints.Add(thumbprint);
        }

        return new ForwardedCertificateSource(options);
    }

    private static long AllocatedBy(Func<bool> read)
    {
        const int times = 1_000;
        var asExpected = 0;
        var allocated = 0L;
        // The first round warms up: the cache, statics, and the first compilation of everything.
        for (var round = 0; round < 2; round++)
        {
            asExpected = 0;
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                asExpected += read() ? 1 : 0;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(times, asExpected);
        return allocated;
    }

    private sealed class OwnSocket(Socket socket) : IConnectionSocketFeature
    {
        public Socket Socket => socket;
    }
}
