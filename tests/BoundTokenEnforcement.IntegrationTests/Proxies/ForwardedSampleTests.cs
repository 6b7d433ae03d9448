using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Proxies that no package installs: what they send, sent by a trusted peer.</summary>
public sealed class ForwardedSampleTests
{
    private const string Xfcc = "X-Forwarded-Client-Cert";
    private const string Uri = "spiffe://mesh.test/ns/shop/sa/client";
    private const string Traefik = "X-Forwarded-Tls-Client-Cert";
    private static readonly IPAddress Proxy = IPAddress.Loopback;

    [Fact]
    public async Task Envoy_HonestRequest_ComesIn()
    {
        await using var api = await StartAsync(ForwardedCertificateFormat.Xfcc, Xfcc);
        var (a, b) = (ForwardedText.XfccElement(api.A), ForwardedText.XfccElement(api.B));

        ProxyScore.HonestRequest(ProxyScore.Envoy, await SendAsync(api, Proxy, $"{Xfcc}: {a}")).AssertIn();
        ProxyScore.HonestRequest(ProxyScore.Envoy, await SendAsync(api, Proxy, $"{Xfcc}: {ForwardedText.XfccElement(api.A, Uri)}")).AssertIn();
        // APPEND_FORWARD: somebody said something before; the last word is the nearest proxy's.
        ProxyScore.HonestRequest(ProxyScore.Envoy, await SendAsync(api, Proxy, $"{Xfcc}: {b},{a}")).AssertIn();
        ProxyScore.HonestRequest(ProxyScore.Envoy, await SendAsync(api, Proxy, $"{Xfcc}: {ForwardedText.XfccWithoutCertificate(api.B)}, {a}")).AssertIn();
    }

    public static TheoryData<string, string, int> EnvoyForgeries => new()
    {
        // What the client sent comes first, and what Envoy says of the thief's own certificate last.
        { ProxyScore.FieldForged, $"{Xfcc}: {{A}},{{B}}", 401 },
        // Envoy writes the names in the thief's own certificate as they are: what looks like a further element is one of them.
        { ProxyScore.FieldForged, $"{Xfcc}: {{B}};URI=x,{{A}}", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{B}};URI=x;Cert=\"{{A}}\"", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{B}};DNS=x,{{A}}", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{A}},{{hash of A}}", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{hash of A}}", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{hash of A}};Cert=\"\"", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: {{A}},", 400 },
        { ProxyScore.FieldForged, $"{Xfcc}: By=\"x,{{A}}", 400 },
        { ProxyScore.FieldDoubled, $"{Xfcc}: {{A}}\r\n{Xfcc}: {{B}}", 400 },
        { ProxyScore.FieldDoubled, $"{Xfcc}: {{B}}\r\n{Xfcc}: {{A}}", 400 },
        { ProxyScore.FieldDoubled, $"{Xfcc}: {{A}}\r\n{Xfcc}: {{A}}", 400 },
        { ProxyScore.UnderscoreTwin, "X_Forwarded_Client_Cert: {A}", 401 },
        { ProxyScore.UnderscoreTwin, $"X-Forwarded-Client_Cert: {{A}}\r\n{Xfcc}: {{B}}", 401 },
        { ProxyScore.NamedByConnection, $"Connection: {Xfcc}", 401 },
        { ProxyScore.NamedByConnection, $"Connection: {Xfcc}\r\n{Xfcc}: {{B}}", 401 },
    };

    [Theory]
    [MemberData(nameof(EnvoyForgeries))]
    public async Task Envoy_Forgery_IsRefused(string forgery, string lines, int status)
    {
        await using var api = await StartAsync(ForwardedCertificateFormat.Xfcc, Xfcc);
        var sent = lines
            .Replace("{A}", ForwardedText.XfccElement(api.A), StringComparison.Ordinal)
            .Replace("{B}", ForwardedText.XfccElement(api.B), StringComparison.Ordinal)
            .Replace("{hash of A}", ForwardedText.XfccWithoutCertificate(api.A), StringComparison.Ordinal);

        ProxyScore.Forgery(ProxyScore.Envoy, forgery, await SendAsync(api, Proxy, sent)).AssertRejected(status);
    }

    [Fact]
    public async Task Envoy_PastTheProxy_IsRefused()
    {
        await using var api = await StartAsync(ForwardedCertificateFormat.Xfcc, Xfcc);

        ProxyScore.Forgery(ProxyScore.Envoy, ProxyScore.PastTheProxy, await SendAsync(api, IPAddress.Parse("127.0.0.2"), $"{Xfcc}: {ForwardedText.XfccElement(api.A)}"))
            .AssertRejected(400);
        ProxyScore.Forgery(ProxyScore.Envoy, ProxyScore.PastTheProxy, await SendAsync(api, IPAddress.Parse("127.0.0.2"), "X-Other: other")).AssertRejected(401);
    }

    // Traefik 2 and 3 send the text of the PEM block, without its first and last line and without line feeds.
    [Theory]
    [InlineData("{A}", 200)]
    [InlineData("", 401)]
    [InlineData("{B}", 401)]
    // The client sent its chain along: Traefik joins with commas. The API wants one certificate.
    [InlineData("{A},{B}", 400)]
    [InlineData("{B},{A}", 400)]
    // Traefik 1.7 and the first of 2.0 escaped it.
    [InlineData("{escaped A}", 400)]
    public async Task Traefik_Field_IsBase64Der(string value, int status)
    {
        await using var api = await StartAsync(ForwardedCertificateFormat.Base64Der, Traefik);
        var sent = value
            .Replace("{A}", ForwardedText.Base64(api.A), StringComparison.Ordinal)
            .Replace("{B}", ForwardedText.Base64(api.B), StringComparison.Ordinal)
            .Replace("{escaped A}", System.Uri.EscapeDataString(ForwardedText.Base64(api.A)), StringComparison.Ordinal);
        var answer = await SendAsync(api, Proxy, $"{Traefik}: {sent}");

        if (status == 200)
        {
            answer.AssertIn();
        }
        else
        {
            answer.AssertRejected(status);
        }
    }

    public static TheoryData<ForwardedCertificateFormat> Formats => [.. Enum.GetValues<ForwardedCertificateFormat>().Where(format => format != ForwardedCertificateFormat.None)];

    // AC-064: each format is itself alone.
    [Theory]
    [MemberData(nameof(Formats))]
    [Requirement("AC-064")]
    public async Task Format_OfAnotherProxy_IsRejected(ForwardedCertificateFormat format)
    {
        await using var api = await StartAsync(format, "X-Client-Cert");
        foreach (var sent in Enum.GetValues<ForwardedCertificateFormat>().Where(sent => sent != ForwardedCertificateFormat.None))
        {
            var answer = await SendAsync(api, Proxy, $"X-Client-Cert: {ForwardedText.Of(sent, api.A)}");
            if (ForwardedText.Reads(format, sent))
            {
                answer.AssertIn();
            }
            else
            {
                answer.AssertRejected(400);
            }
        }
    }

    private static Task<GuardedApi> StartAsync(ForwardedCertificateFormat format, string header) =>
        GuardedApi.StartAsync(GuardedProxy.Behind(format, header, forwarded => forwarded.TrustedProxies.Add(Proxy.ToString())));

    // With the token of A, always.
    private static Task<GuardedAnswer> SendAsync(GuardedApi api, IPAddress from, string lines) => api.SendRawAsync(
        async request =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, api.Host.Port, TestContext.Current.CancellationToken);
            return await RawTlsClient.SendPlainAsync(new NetworkStream(socket), request);
        },
        "GET / HTTP/1.1",
        ["Host: localhost", "Connection: close", $"Authorization: Bearer {api.Issuer.BoundTo(api.A)}", lines],
        string.Empty);
}
