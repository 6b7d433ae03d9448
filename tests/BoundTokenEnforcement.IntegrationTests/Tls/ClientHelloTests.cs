using System.Buffers.Binary;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, odd first messages of a client: the same policy as for all others, or no handshake.</summary>
public sealed class ClientHelloTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => ["localhost", "API.EXAMPLE.COM", "other.example", "a.wild.example", "127.0.0.1", "xn--mnchen-3ya.example"];

    // AC-076
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [Requirement("AC-076")]
    public async Task ClientHello_OneByteInEachRecord_SamePolicy(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        var tls = new TlsClientOptions { Protocols = protocol, AllowTlsResume = false, Transport = stream => new FragmentingStream(stream) };

        await AssertPolicyAsync(api, tls);
    }

    // AC-076: as long as one with post-quantum key shares.
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    [Requirement("AC-076")]
    public async Task ClientHello_OfThreeKilobytes_SamePolicy(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        var tap = new HandshakeTap();
        foreach (var certificate in new[] { api.A, null })
        {
            await using var stream = tap.Attach(await api.Host.ConnectAsync(TestContext.Current.CancellationToken));
            await using var tls = new SslStream(stream);
            var options = new TlsClientOptions { Certificate = certificate, Protocols = protocol, AllowTlsResume = false }.ToSslOptions(api.Host.ServerCertificate);
            options.ApplicationProtocols = [.. Enumerable.Range(0, 100).Select(i => new SslApplicationProtocol($"x-padding-{i:D30}")), SslApplicationProtocol.Http11];
            await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            await tls.WriteAsync(
                Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {api.Issuer.BoundTo(api.A)}\r\n\r\n"),
                TestContext.Current.CancellationToken);
            using var reader = new StreamReader(tls);
            var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);

            Assert.StartsWith(certificate is null ? "HTTP/1.1 401" : "HTTP/1.1 200", answer, StringComparison.Ordinal);
        }

        Assert.All(tap.Sent, sent => Assert.InRange(BinaryPrimitives.ReadUInt16BigEndian(sent.AsSpan(3)), 3_000, 16_384));
        Assert.Equal(1, api.Entered);
    }

    // AC-077
    [Theory]
    [MemberData(nameof(Names))]
    [Requirement("AC-077")]
    public async Task ServerName_Whatever_SamePolicy(string name)
    {
        await using var api = await GuardedApi.StartAsync();

        await AssertPolicyAsync(api, new TlsClientOptions { TargetHost = name, AllowTlsResume = false });
    }

    // AC-077, with names that are configured
    [Theory]
    [MemberData(nameof(Names))]
    [Requirement("AC-077")]
    public async Task ServerName_ConfiguredByName_SamePolicy(string name)
    {
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Before = (builder, _) => builder.Configuration.AddInMemory(
                ("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"),
                ("Kestrel:Endpoints:Https:Sni:api.example.com:Protocols", "Http1"),
                ("Kestrel:Endpoints:Https:Sni:*.wild.example:Protocols", "Http1"),
                ("Kestrel:Endpoints:Https:Sni:*:Protocols", "Http1")),
            Listen = KestrelConfiguration.WithCertificate,
        });

        await AssertPolicyAsync(api, new TlsClientOptions { TargetHost = name, AllowTlsResume = false });
    }

    // AC-078
    [Theory]
    [InlineData(0x0301, false)]
    [InlineData(0x0302, false)]
    [InlineData(0x0303, true)]
    [Requirement("AC-078")]
    public async Task ClientHello_OldVersion_NoHandshake(int version, bool isAccepted)
    {
        const byte alert = 21;
        const byte handshake = 22;
        await using var api = await GuardedApi.StartAsync();
        await using var stream = await api.Host.ConnectAsync(TestContext.Current.CancellationToken);
        await stream.WriteAsync(OldClientHello(version), TestContext.Current.CancellationToken);
        using var timeout = new CancellationTokenSource(Patience);
        var answer = new byte[1];
        var count = await stream.ReadAsync(answer, timeout.Token);

        if (isAccepted)
        {
            Assert.Equal((1, handshake), (count, answer[0]));
        }
        else
        {
            Assert.True(count == 0 || answer[0] == alert);
        }
    }

    // AC-078
    [Fact]
    [Requirement("AC-078")]
    public async Task Renegotiation_ByTheClient_IsNotAllowed()
    {
        var seen = new List<SslServerAuthenticationOptions>();
        await using var api = await GuardedApi.StartAsync(new GuardedSetup
        {
            Listen = (options, certificate) => options.Listen(System.Net.IPAddress.Loopback, 0, l => l.UseHttps(certificate, https =>
            {
                https.OnAuthenticate += (_, tls) =>
                {
                    lock (seen)
                    {
                        seen.Add(tls);
                    }
                };
                https.RequestClientCertificate();
            })),
        });
        (await api.SendAsync(api.A, api.Issuer.BoundTo(api.A))).AssertIn();

        lock (seen)
        {
            Assert.NotEmpty(seen);
            Assert.All(seen, tls => Assert.False(tls.AllowRenegotiation));
        }
    }

    private static async Task AssertPolicyAsync(GuardedApi api, TlsClientOptions tls)
    {
        foreach (var (certificate, token) in new[] { (api.A, api.A), (api.B, api.A), (null, api.A) })
        {
            using var client = api.Client(tls with { Certificate = certificate });
            var answer = await api.SendAsync(client, api.Issuer.BoundTo(token));
            if (certificate == token)
            {
                answer.AssertIn();
            }
            else
            {
                answer.AssertRefused();
            }
        }
    }

    /// <summary>A ClientHello as it was before TLS 1.3, with suites that each version knows.</summary>
    private static byte[] OldClientHello(int version)
    {
        byte[] suites = [0xC0, 0x2B, 0xC0, 0x09, 0xC0, 0x0A]; // ECDHE-ECDSA with AES-GCM, and with AES-CBC and SHA-1
        byte[] groups = [0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17]; // P-256
        byte[] formats = [0x00, 0x0B, 0x00, 0x02, 0x01, 0x00];
        byte[] signatures = version < 0x0303 ? [] : [0x00, 0x0D, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03]; // ECDSA with SHA-256
        byte[] extensions = [.. groups, .. formats, .. signatures];
        byte[] hello =
        [
            (byte)(version >> 8), (byte)version, .. new byte[32], 0, 0, (byte)suites.Length, .. suites, 1, 0, 0, (byte)extensions.Length, .. extensions,
        ];
        return [22, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello];
    }
}
