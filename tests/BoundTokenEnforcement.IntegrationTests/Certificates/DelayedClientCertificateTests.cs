using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Certificates that are asked for only when a bound token arrives.</summary>
public sealed class DelayedClientCertificateTests
{
    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Http11_ClientHasTheCertificate_In(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: true);
        using var client = Client(api, api.A, protocol);

        Assert.Equal("none", await client.GetStringAsync("/who", TestContext.Current.CancellationToken));
        var answer = (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
        Assert.EndsWith(TestCertificates.Thumbprint(api.A), answer.Body, StringComparison.Ordinal);
        // Once is enough for the connection; and the connection is not worth more than its certificate.
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
        (await api.SendAsync(client, api.Issuer.BoundTo(api.B))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Http11_ClientHasNoneOrAnother_Refused(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: true);
        foreach (var certificate in new[] { null, api.B })
        {
            var tap = new HandshakeTap();
            using var client = api.Client(new TlsClientOptions { Certificate = certificate, Protocols = protocol, AllowTlsResume = false, Transport = tap.Attach });
            (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
            (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
            // Who was asked in vain is not asked twice on one connection: it is closed.
            Assert.Equal(certificate is null ? 2 : 1, tap.Count);
        }

        using var good = Client(api, api.A, protocol);
        (await api.SendAsync(good, api.Issuer.BoundTo(api.A))).AssertIn();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("R8705-3-2")]
    public async Task Http11_NotSwitchedOn_Refused(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: false);
        using var client = Client(api, api.A, protocol);

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Http11_ShortBody_InAndTwinRefused(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: true);
        using var client = Client(api, api.A, protocol);
        using var other = Client(api, api.B, protocol);
        using var none = Client(api, null, protocol);

        (await PostAsync(api, client, 10)).AssertIn();
        (await PostAsync(api, other, 10)).AssertRefused();
        (await PostAsync(api, none, 10)).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task Http11_BodyThatWasNotReadYet_RefusedAndNextConnectionWorks(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: true);
        using var client = Client(api, api.A, protocol);

        // Kestrel cannot negotiate while the body is on its way: an exception, and thus a refusal, or a torn connection.
        await AssertNobodyEntersAsync(api, client);
        Assert.Equal(0, api.Entered);

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertIn();
        (await api.SendAsync(client, api.Issuer.BoundTo(api.B))).AssertRefused();
        using var thief = Client(api, api.B, protocol);
        (await api.SendAsync(thief, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("R8705-3-2")]
    public async Task Http2_NoLateCertificates_Refused(SslProtocols protocol)
    {
        await using var api = await StartAsync(negotiate: true);
        using var client = api.Host.CreateClient(new TlsClientOptions { Certificate = api.A, Protocols = protocol }, HttpVersion.Version20);

        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
        (await api.SendAsync(client, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    [Fact]
    public async Task Http11_TokenThatCannotBeVerified_IsNotWorthAsking()
    {
        await using var api = await StartAsync(negotiate: true);
        using var client = Client(api, api.A, SslProtocols.Tls13);

        (await api.SendAsync(client, api.Issuer.Issue())).AssertRefused();
        (await api.SendAsync(client, api.Issuer.WithConfirmation("{}"))).AssertRefused();
        (await api.SendAsync(client, JwtTamper.FlipSignatureBit(api.Issuer.BoundTo(api.A), 0, 0))).AssertRefused();

        Assert.Equal("none", await client.GetStringAsync("/who", TestContext.Current.CancellationToken));
    }

    private static async Task AssertNobodyEntersAsync(GuardedApi api, HttpClient client)
    {
        try
        {
            (await PostAsync(api, client, 4_000_000)).AssertRefused();
        }
        catch (HttpRequestException)
        {
            // The server answered and closed while the body was still being sent.
        }
    }

    private static Task<GuardedAnswer> PostAsync(GuardedApi api, HttpClient client, int length) =>
        api.SendAsync(client, api.Issuer.BoundTo(api.A), request =>
        {
            request.Method = HttpMethod.Post;
            request.Content = new ByteArrayContent(new byte[length]);
        });

    private static HttpClient Client(GuardedApi api, X509Certificate2? certificate, SslProtocols protocol) =>
        api.Client(new TlsClientOptions { Certificate = certificate, Protocols = protocol, AllowTlsResume = false });

    private static Task<GuardedApi> StartAsync(bool negotiate) => GuardedApi.StartAsync(new GuardedSetup
    {
        Options = options =>
        {
            options.Audit = AuditFailureBehavior.Log;
            options.NegotiateDelayedCertificates = negotiate;
        },
        Listen = (options, certificate) => options.Listen(IPAddress.Loopback, 0, listener => listener.UseHttps(certificate, https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.DelayCertificate;
            https.AllowAnyClientCertificate();
        })),
    });
}
