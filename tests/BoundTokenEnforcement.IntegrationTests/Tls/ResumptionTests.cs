using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Abuse catalogue, sessions that are resumed.</summary>
public sealed class ResumptionTests
{
    private const int Attempts = 4;

    public static TheoryData<SslProtocols> Protocols => [SslProtocols.Tls12, SslProtocols.Tls13];

    // AC-073
    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("AC-073")]
    public async Task Resumed_WithTheCertificate_IsTheSameOnBothHandshakes(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        var tls = Unique(protocol) with { Certificate = api.A };
        var (first, resumed) = await OnceAsync(api, tls, api.Issuer.BoundTo(api.A));
        var second = await ResumedAsync(api, tls, api.Issuer.BoundTo(api.A));
        var third = await ResumedAsync(api, tls, api.Issuer.BoundTo(api.B));

        Assert.False(resumed);
        Assert.EndsWith(TestCertificates.Thumbprint(api.A), first.AssertIn().Body, StringComparison.Ordinal);
        Assert.EndsWith(TestCertificates.Thumbprint(api.A), second.AssertIn().Body, StringComparison.Ordinal);
        third.AssertRefused();
    }

    // D29: who began without a certificate goes on without one.
    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("D29", "R9440-3.3-1")]
    public async Task Resumed_WithoutCertificate_IsRefused(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        var tls = Unique(protocol);
        await OnceAsync(api, tls, null);

        (await ResumedAsync(api, tls, api.Issuer.BoundTo(api.A))).AssertRefused();
    }

    // AC-074
    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("AC-074")]
    public async Task Ticket_OfAListenerThatDoesNotAsk_LetsNobodyIn(SslProtocols protocol)
    {
        await using var api = await StartTwoListenersAsync((options, certificate) =>
        {
            options.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate));
            options.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate, https => https.OnAuthenticate += (_, tls) => tls.ClientCertificateRequired = false));
        });

        await AssertTicketLetsNobodyInAsync(api, protocol, mustResume: false);
    }

    // AC-074, and as bad as it gets: both listeners take each other's tickets.
    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("AC-074")]
    public async Task Ticket_OfAListenerThatSharesItsKeys_LetsNobodyIn(SslProtocols protocol)
    {
        await using var api = await StartTwoListenersAsync((options, certificate) =>
        {
            var shared = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
            foreach (var asks in new[] { true, false })
            {
                options.Listen(IPAddress.Loopback, 0, l => l.UseHttps(new TlsHandshakeCallbackOptions
                {
                    OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = shared,
                        ClientCertificateRequired = asks,
#pragma warning disable CA5359 // RFC 8705 §6.2: the client's certificate proves possession of a key, and nothing else is asked of it.
                        RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
                    }),
                }));
            }
        });

        await AssertTicketLetsNobodyInAsync(api, protocol, mustResume: true);
    }

    // AC-075
    [Theory]
    [MemberData(nameof(Protocols))]
    [Requirement("AC-075")]
    public async Task ClientsInTurn_OneProcess_EachIsSeenAsItself(SslProtocols protocol)
    {
        await using var api = await GuardedApi.StartAsync();
        var tls = Unique(protocol);
        X509Certificate2?[] turns = [null, api.A, api.B, api.A, null, null, api.B, api.A, api.B, null];
        var resumedOnes = 0;
        foreach (var certificate in turns)
        {
            var tap = new HandshakeTap();
            using var client = api.Client(tls with { Certificate = certificate, Transport = tap.Attach });

            Assert.Equal(
                certificate is null ? "none" : TestCertificates.Thumbprint(certificate),
                await client.GetStringAsync("/who", TestContext.Current.CancellationToken));
            var answer = await api.SendAsync(client, api.Issuer.BoundTo(api.A));
            if (certificate == api.A)
            {
                answer.AssertIn();
            }
            else
            {
                answer.AssertRefused();
            }

            resumedOnes += tap.AllResumed ? 1 : 0;
        }

        // All but the first of each, or nearly: a session is not resumed after its connection was torn down.
        Assert.InRange(resumedOnes, 1, turns.Length - 3);
    }

    private static async Task AssertTicketLetsNobodyInAsync(GuardedApi api, SslProtocols protocol, bool mustResume)
    {
        var ports = Ports(api);
        foreach (var certificate in new[] { null, api.A })
        {
            var resumedOnes = 0;
            for (var i = 0; i < Attempts; i++)
            {
                var tls = Unique(protocol) with { Certificate = certificate };
                var (atTheOther, _) = await OnceAsync(api, To(tls, ports[1]), api.Issuer.BoundTo(api.A));
                atTheOther.AssertRefused();

                var (answer, resumed) = await OnceAsync(api, To(tls, ports[0]), api.Issuer.BoundTo(api.A));
                resumedOnes += resumed ? 1 : 0;
                if (certificate is not null && !resumed)
                {
                    // A full handshake: the certificate was asked for, and its key proven.
                    answer.AssertIn();
                }
                else
                {
                    answer.AssertRefused();
                }
            }

            Assert.True(resumedOnes > 0 || !mustResume);
        }

        // The twin: the listener that asks lets its owner in.
        var (good, _) = await OnceAsync(api, To(Unique(protocol) with { Certificate = api.A }, ports[0]), api.Issuer.BoundTo(api.A));
        good.AssertIn();
    }

    private static Task<GuardedApi> StartTwoListenersAsync(Action<KestrelServerOptions, X509Certificate2> listen) =>
        GuardedApi.StartAsync(new GuardedSetup { Options = o => o.Audit = AuditFailureBehavior.Log, Listen = listen });

    private static int[] Ports(GuardedApi api) =>
        [.. api.Host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a).Port)];

    private static TlsClientOptions Unique(SslProtocols protocol) => new() { Protocols = protocol, TargetHost = $"{Guid.NewGuid():N}.test" };

    private static TlsClientOptions To(TlsClientOptions tls, int port) => tls with
    {
        Transport = first =>
        {
            first.Dispose();
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, port);
            return tls.Transport(new NetworkStream(socket, ownsSocket: true));
        },
    };

    // A session is not resumed after its connection was torn down in a certain moment; the next one is.
    private static async Task<GuardedAnswer> ResumedAsync(GuardedApi api, TlsClientOptions tls, string token)
    {
        for (var i = 0; i < Attempts; i++)
        {
            var (answer, resumed) = await OnceAsync(api, tls, token);
            if (resumed)
            {
                return answer;
            }
        }

        throw new InvalidOperationException($"No session was resumed in {Attempts} connections.");
    }

    private static async Task<(GuardedAnswer Answer, bool Resumed)> OnceAsync(GuardedApi api, TlsClientOptions tls, string? token)
    {
        var tap = new HandshakeTap();
        using var client = api.Client(tls with { Transport = stream => tap.Attach(tls.Transport(stream)) });
        var answer = await api.SendAsync(client, token);
        Assert.Equal(1, tap.Count);
        return (answer, tap.AllResumed);
    }
}
