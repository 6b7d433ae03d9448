using System.Net;
using System.Security.Cryptography.X509Certificates;
using BoundTokenEnforcement.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace BoundTokenEnforcement.Client.Tests.Discovery;

/// <summary>AC-094, and what the handshake shows: where a fetch goes, and with which certificate.</summary>
[Requirement("AC-094")]
public sealed class MetadataConnectionTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    public async Task Loopback_NotAllowed_IsNotConnectedTo(string host)
    {
        await using var discovery = DiscoveryFixture.Start(static options => options.AllowLoopback = false);
        discovery.AnswerDocument();

        await DiscoveryFixture.RefusedAsync(
            GuardFailure.AddressNotAllowed, discovery.GetAsync(ResourceIdentifier.Parse($"https://{host}:{discovery.Server.Port}/api")));

        Assert.Empty(discovery.Server.Connections);
    }

    [Theory]
    [InlineData("Development", true)]
    [InlineData("Production", false)]
    public async Task Loopback_Unsaid_IsAllowedInDevelopmentOnly(string environment, bool allowed)
    {
        await using var server = ScriptedTlsServer.Start();
        var resource = ResourceIdentifier.Parse(server.Origin);
        server.Answer = _ => ScriptedAnswer.Json(DiscoveryFixture.Document(resource));
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment, DisableDefaults = true });
        builder.Services.AddProtectedResourceMetadataClient(options => options.ServerCertificateChainPolicy = server.TrustingPolicy());
        using var host = builder.Build();
        var client = host.Services.GetRequiredService<IProtectedResourceMetadataClient>();

        var asked = client.GetAsync(resource, TestContext.Current.CancellationToken).AsTask();

        if (allowed)
        {
            Assert.NotNull(await asked);
        }
        else
        {
            await DiscoveryFixture.RefusedAsync(GuardFailure.AddressNotAllowed, asked);
            Assert.Empty(server.Connections);
        }
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("172.16.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("[::]")]
    [InlineData("[fe80::1]")]
    [InlineData("[fd00::1]")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[64:ff9b::a00:1]")]
    [Requirement("R9728-7.7-1")]
    public async Task PrivateOrLinkLocalAddress_IsRefusedAtOnce(string host)
    {
        await using var discovery = DiscoveryFixture.Start();

        await DiscoveryFixture.RefusedAsync(GuardFailure.AddressNotAllowed, discovery.GetAsync(ResourceIdentifier.Parse($"https://{host}/")));
    }

    [Theory]
    [InlineData("10.0.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::169.254.169.254", false)]
    [InlineData("::a00:1", false)]
    [InlineData("64:ff9b::a9fe:a9fe", false)]
    [InlineData("64:ff9b:1::a9fe:a9fe", false)]
    [InlineData("2002:a9fe:a9fe::", false)]
    [InlineData("2001:0:a9fe:a9fe::", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::1", false)]
    public void Contains_WithPrivateNetworksAllowed_StillLeavesOutWhatIsNeverAllowed(string address, bool allowed) =>
        Assert.Equal(allowed, new AllowedAddresses(loopback: false, privateNetworks: true).Contains(IPAddress.Parse(address)));

    [Fact]
    public async Task Url_InTheDocument_IsNeverCalled()
    {
        using var trap = new RecordingListener();
        await using var tlsTrap = ScriptedTlsServer.Start();
        await using var discovery = DiscoveryFixture.Start();
        discovery.Answer(ScriptedAnswer.Json(
            $$"""
            { "resource": "{{discovery.Resource}}", "authorization_servers": ["{{trap.Address}}", "{{tlsTrap.Origin}}", "http://169.254.169.254/", "file:///etc/passwd"],
              "jwks_uri": "{{tlsTrap.Origin}}/keys", "resource_documentation": "{{trap.Address}}", "resource_policy_uri": "{{tlsTrap.Origin}}", "resource_tos_uri": "{{trap.Address}}" }
            """,
            $"Link: <{tlsTrap.Origin}/>; rel=preload",
            $"Alt-Svc: h2=\"localhost:{tlsTrap.Port}\"; ma=86400",
            $"Content-Location: {tlsTrap.Origin}/",
            $"Refresh: 0; url={trap.Address}"));

        await discovery.GetAsync();
        discovery.Clock.Advance(TimeSpan.FromHours(2));
        await discovery.GetAsync();

        Assert.Equal(2, discovery.Server.Requests.Count);
        Assert.Equal(0, trap.Connections);
        Assert.Empty(tlsTrap.Connections);
    }

    [Fact]
    public async Task Certificate_DemandedByTheServer_IsShown()
    {
        using var certificate = TestCertificates.SelfSigned("client");
        await using var discovery = DiscoveryFixture.Start(options => options.ClientCertificate = certificate, new() { RequireCertificate = true });
        discovery.AnswerDocument();

        Assert.NotNull(await discovery.GetAsync());
        Assert.Equal(TestCertificates.Thumbprint(certificate), Assert.Single(discovery.Server.Connections).ClientThumbprint);
    }

    [Fact]
    public async Task Certificate_DemandedAndNotThere_IsARefusal()
    {
        await using var discovery = DiscoveryFixture.StartInRealTime(server: new() { RequireCertificate = true });
        discovery.AnswerDocument();

        await discovery.RefusedAsync(GuardFailure.MetadataUnreachable);
        Assert.Empty(discovery.Server.Requests);
    }

    [Fact]
    public async Task Certificate_NotAskedFor_IsNotShownAndNotMissed()
    {
        using var certificate = TestCertificates.SelfSigned("client");
        await using var discovery = DiscoveryFixture.Start(options => options.ClientCertificate = certificate);
        discovery.AnswerDocument();

        Assert.NotNull(await discovery.GetAsync());
        Assert.Null(Assert.Single(discovery.Server.Connections).ClientThumbprint);
    }

    [Fact]
    public async Task Certificate_Renewed_IsTheOneThatTheNextFetchShows()
    {
        using var first = TestCertificates.SelfSigned("first");
        using var second = TestCertificates.SelfSigned("second");
        var certificates = new ChangingCertificate(first);
        await using var discovery = DiscoveryFixture.Start(options => options.ClientCertificates = certificates, new() { AskForCertificate = true });
        discovery.AnswerDocument();
        await discovery.GetAsync();

        certificates.Current = second;
        discovery.Clock.Advance(TimeSpan.FromHours(2));
        await discovery.GetAsync();

        Assert.Equal(
            [TestCertificates.Thumbprint(first), TestCertificates.Thumbprint(second)],
            discovery.Server.Connections.Select(static connection => connection.ClientThumbprint));
    }

    [Fact]
    public async Task Certificate_Expired_IsRefusedBeforeAnythingIsSent()
    {
        using var certificate = TestCertificates.Expired("client");
        await using var discovery = DiscoveryFixture.Start(options => options.ClientCertificate = certificate);
        discovery.AnswerDocument();

        await discovery.RefusedAsync(GuardFailure.CertificateUnusable);
        Assert.Empty(discovery.Server.Connections);
    }

    private sealed class ChangingCertificate(X509Certificate2 certificate) : IClientCertificateProvider
    {
        public X509Certificate2 Current { get; set; } = certificate;
    }
}
