using System.Net;
using System.Security.Authentication;
using BoundTokenEnforcement.TestSupport;

namespace BoundTokenEnforcement.IntegrationTests;

/// <summary>Who has the key comes in through every proxy.</summary>
public sealed class HonestRequestTests(ProxyInstallations proxies)
{
    public static TheoryData<string, string, SslProtocols> Ways => new(
        from program in ProxyProgram.All
        from version in new[] { "1.1", "2.0" }
        from protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 }
        select (program.Name, version, protocol));

    [Theory]
    [MemberData(nameof(Ways))]
    [Requirement("R8705-6.2-1")]
    public async Task Honest_SelfSignedCertificate_ComesIn(string name, string version, SslProtocols protocol)
    {
        var proxy = await proxies.GetAsync(name);
        var tls = new TlsClientOptions { Certificate = proxy.Api.A, Protocols = protocol, AllowTlsResume = false };

        var answer = ProxyScore.HonestRequest(name, await proxy.SendAsync(tls, proxy.Api.Issuer.BoundTo(proxy.Api.A), Version.Parse(version)));

        Assert.EndsWith(TestCertificates.Thumbprint(proxy.Api.A), answer.AssertIn().Body, StringComparison.Ordinal);
        (await proxy.SendAsync(tls, proxy.Api.Issuer.BoundTo(proxy.Api.B), Version.Parse(version))).AssertRefused();
    }

    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Honest_OtherCertificates_ComeIn(string name)
    {
        var proxy = await proxies.GetAsync(name);
        using var authority = new TestCertificateAuthority();
        using var issued = authority.IssueClient("issued");
        using var rsa = TestCertificates.Rsa("rsa", 4096);
        foreach (var certificate in new[] { issued, rsa })
        {
            (await proxy.SendAsync(certificate, proxy.Api.Issuer.BoundTo(certificate), HttpVersion.Version11)).AssertIn();
            (await proxy.SendAsync(certificate, proxy.Api.Issuer.BoundTo(proxy.Api.A), HttpVersion.Version11)).AssertRefused();
        }
    }

    // R9440-2.4-5: the answer says that it depends on the field, all the way to whoever may cache it.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    [Requirement("R9440-2.4-5")]
    public async Task Honest_Answer_VariesByTheField(string name)
    {
        var proxy = await proxies.GetAsync(name);
        using var client = proxy.Process.CreateClient(new TlsClientOptions { Certificate = proxy.Api.A, AllowTlsResume = false });
        using var answer = await client.GetAsync("/fields", TestContext.Current.CancellationToken);

        Assert.Equal([proxy.Program.Header], answer.Headers.Vary);
    }

    // RFC 8705 §6.2: possession is the proof. The API agrees, and some proxies do not ask it.
    [Theory]
    [InlineData("nginx", 400)]
    [InlineData("HAProxy", 200)]
    [InlineData("Apache", 0)]
    [InlineData("YARP", 200)]
    public async Task Honest_ExpiredCertificate_IsTheProxysToJudge(string name, int status)
    {
        var proxy = await proxies.GetAsync(name);
        using var expired = TestCertificates.Expired("expired");
        try
        {
            var answer = await proxy.SendAsync(expired, proxy.Api.Issuer.BoundTo(expired), HttpVersion.Version11);
            Assert.Equal((status, status == 200 ? 1 : 0), (answer.Status, answer.Entered));
        }
        catch (HttpRequestException)
        {
            // The handshake ended in an alert.
            Assert.Equal(0, status);
        }
    }

    // AC-006 through a proxy: what follows the leaf proves nothing.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    [Requirement("AC-006")]
    public async Task Honest_ChainWithSomebodyElses_IsTheLeaf(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var tls = new TlsClientOptions { Certificate = proxy.Api.B, ExtraCertificates = [proxy.Api.A], AllowTlsResume = false };

        (await proxy.SendAsync(tls, proxy.Api.Issuer.BoundTo(proxy.Api.A), HttpVersion.Version11)).AssertRefused();
        (await proxy.SendAsync(tls, proxy.Api.Issuer.BoundTo(proxy.Api.B), HttpVersion.Version11)).AssertIn();
    }

    // One connection from the proxy to the API carries requests of several clients.
    [Theory]
    [MemberData(nameof(ProxyInstallations.Names), MemberType = typeof(ProxyInstallations))]
    public async Task Honest_ClientsInTurn_EachIsSeenAsItself(string name)
    {
        var proxy = await proxies.GetAsync(name);
        var (a, b) = (proxy.Api.A, proxy.Api.B);
        foreach (var certificate in new[] { null, a, b, a, null, null, b, a, b, null })
        {
            var answer = await proxy.SendAsync(certificate, proxy.Api.Issuer.BoundTo(a), HttpVersion.Version11);
            if (certificate == a)
            {
                answer.AssertIn();
            }
            else
            {
                answer.AssertRefused();
            }
        }
    }
}
